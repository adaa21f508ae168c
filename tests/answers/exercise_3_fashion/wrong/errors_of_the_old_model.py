# why: of model and not of model_cured
# fails: test_confusion, test_f1, test_figure

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
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(10, activation="softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)

# %% errors
predicted = np.argmax(model(x_test), axis=1)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (test_labels, predicted), 1)
off = confusion * (1 - np.eye(10, dtype=int))
cured = np.zeros((10, 10), int)
np.add.at(cured, (test_labels, np.argmax(model_cured(x_test), axis=1)), 1)
most_confused = np.unravel_index((cured * (1 - np.eye(10, dtype=int))).argmax(), cured.shape)  # by chance, both models may agree on it
hits = np.diag(confusion)
f1_per_class = 2 * hits / (confusion.sum(axis=0) + confusion.sum(axis=1))
fig, axes = plt.subplots(2, 4)
for ax, i in zip(axes.ravel(), np.flatnonzero(predicted != test_labels)):
    ax.imshow(test_images[i])
    ax.set_title(f"{test_labels[i]} as {predicted[i]}")
plt.show()
