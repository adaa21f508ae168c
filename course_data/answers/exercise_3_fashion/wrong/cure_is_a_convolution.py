# why: a convolutional network
# fails: test_cured_model

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Reshape((28, 28, 1)), layers.Conv2D(8, 3, strides=3, activation="relu"), layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, "softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
