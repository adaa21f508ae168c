# why: the history of another training
# fails: test_history

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
    model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
tf.keras.utils.set_random_seed(5)
other = build_model()
history = other.fit(x_train[:200], y_train[:200], validation_data=(x_val, y_val), epochs=80, verbose=0)
