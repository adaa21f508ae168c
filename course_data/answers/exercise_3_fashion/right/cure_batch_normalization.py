# why: batch normalization with dropout, in an own compile with logits

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(96), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.6), layers.Dense(48, "relu"), layers.Dropout(0.4), layers.Dense(10)])
model_cured.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
