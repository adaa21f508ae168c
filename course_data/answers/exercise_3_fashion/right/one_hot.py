# why: one-hot labels and the loss for them

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255


to_rows = tf.keras.utils.to_categorical
cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), to_rows(labels[:cut])
x_val, y_val = prepare(images[cut:]), to_rows(labels[cut:])
x_test, y_test = prepare(test_images), to_rows(test_labels)

# %% build
def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax")])
model_cured.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
