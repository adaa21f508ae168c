# why: so much dropout that nothing is learned
# fails: test_gap_closed, test_accuracy_kept, test_loss_lower

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dropout(0.95), layers.Dense(4, "relu"), layers.Dropout(0.9), layers.Dense(10, "softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=128, verbose=0)
