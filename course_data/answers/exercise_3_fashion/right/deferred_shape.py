# why: .add without an input shape; the metric by its class; positional arguments

# %% build
def build_model():
    net = tf.keras.models.Sequential()
    net.add(tf.keras.layers.Dense(200, "relu"))
    net.add(tf.keras.layers.Dense(100, "elu"))
    net.add(tf.keras.layers.Dense(10, "softmax"))
    net.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net

# %% train
tf.keras.utils.set_random_seed(3)
model = build_model()
history = model.fit(x_train, y_train, 64, 18, 0, validation_data=(x_val, y_val))
