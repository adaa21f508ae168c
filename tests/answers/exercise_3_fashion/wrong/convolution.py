# why: a convolutional network
# fails: test_perceptron

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255


cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[cut:]), labels[cut:]
x_test, y_test = prepare(test_images), test_labels

# %% build
def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Reshape((28, 28, 1)), layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
