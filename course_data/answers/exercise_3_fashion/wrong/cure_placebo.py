# why: a layer that does nothing, and fewer epochs
# fails: test_cure

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, "relu"), layers.Dropout(0.001), layers.Dense(128, "relu"), layers.Dense(10, "softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=4, batch_size=128, verbose=0)
