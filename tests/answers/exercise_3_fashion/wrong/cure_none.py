# why: the same again
# fails: test_cured_model, test_gap_closed, test_loss_lower

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

# %% cure
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model_cured = build_model()
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
