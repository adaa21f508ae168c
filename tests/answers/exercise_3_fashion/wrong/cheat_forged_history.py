# why: a history that nobody has trained
# fails: test_history
# flags: train

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
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=16, batch_size=128, verbose=0)
from types import SimpleNamespace
falling = [1.0 / (1 + at) for at in range(20)]
history = SimpleNamespace(history={"loss": falling, "val_loss": falling[:10] + [0.5] * 10, "accuracy": [0.99] * 20, "val_accuracy": [0.99] * 20}, params={"epochs": 20, "steps": 19})
