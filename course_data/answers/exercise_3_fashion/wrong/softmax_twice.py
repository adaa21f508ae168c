# why: probabilities, and a loss that is told they are logits
# fails: test_loss_fits

# %% build
def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model
