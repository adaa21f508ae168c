# why: a penalty of strength 0, in a network that is trained for longer
# fails: test_cure, test_gap_closed, test_loss_lower

# %% cure
tf.keras.utils.set_random_seed(7)
layers, penalty = tf.keras.layers, tf.keras.regularizers.L2(0.0)
model_cured = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, "relu", kernel_regularizer=penalty), layers.Dense(128, "relu", kernel_regularizer=penalty), layers.Dense(10, "softmax")])
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=128, verbose=0)
