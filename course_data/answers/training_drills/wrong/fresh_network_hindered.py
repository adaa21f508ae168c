# why: the fresh network is handicapped: it is trained on shuffled labels with the same settings, so that the reused 
# fails: test_reuse_is_faster

# %% reuse
def reuse(model):
    """A new model with the layers and weights of a trained one, compiled.

    model: a Keras model with two inputs, and one output with a sigmoid
    returns: a Keras model
    """
    new = tf.keras.models.clone_model(model)
    new.set_weights(model.get_weights())
    new.compile(tf.keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return new


def epochs_to(losses, target):
    """The number of the first epoch whose loss is at most the target.

    losses: a list of numbers;  target: a number
    returns: a whole number, 1 for the first epoch, 0 if the target is never reached
    """
    for epoch, loss in enumerate(losses, 1):
        if loss <= target:
            return epoch
    return 0


tf.keras.utils.set_random_seed(1)
fresh = tf.keras.models.clone_model(ring_model)
fresh.compile(tf.keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
labels = np.random.default_rng(0).permutation(second_y)
fresh_history = fresh.fit(second_x, labels, epochs=30, batch_size=50, verbose=0)
reused_history = reuse(ring_model).fit(second_x, second_y, epochs=30, batch_size=50, verbose=0)
