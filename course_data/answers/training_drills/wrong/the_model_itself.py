# why: no copy: the first network is trained on
# fails: test_reuse

# %% reuse
def reuse(model):
    copy = model
    copy.compile(tf.keras.optimizers.Adam(0.02), "binary_crossentropy")
    return copy


def epochs_to(losses, target):
    for number, loss in enumerate(losses, start=1):
        if loss <= target:
            return number
    return 0


tf.keras.utils.set_random_seed(1)
fresh_model = tf.keras.models.clone_model(ring_model)
fresh_model.compile(tf.keras.optimizers.Adam(0.02), "binary_crossentropy")
fresh_history = fresh_model.fit(second_x, second_y, epochs=20, batch_size=50, verbose=0)
reused_history = reuse(ring_model).fit(second_x, second_y, epochs=20, batch_size=50, verbose=0)
