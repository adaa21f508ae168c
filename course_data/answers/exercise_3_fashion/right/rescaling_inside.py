# why: a Rescaling layer inside, and layers for the activations

# %% build
def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Rescaling(2.0, offset=-1.0), layers.Dense(128), layers.LeakyReLU(), layers.Dense(128), layers.Activation("tanh"), layers.Dense(10), layers.Softmax()])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
