# why: the old history under the new name
# fails: test_cured_model

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.4), layers.Dense(128, activation="relu"), layers.Dropout(0.4), layers.Dense(10, activation="softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
history_cured = history
