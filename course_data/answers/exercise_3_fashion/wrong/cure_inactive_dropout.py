# why: dropout that is called with training=False, and fewer epochs
# fails: test_cure, test_gap_closed

# %% cure
# My prediction, the curve that ends higher, and the one that ends lower: training loss higher, validation loss lower

x = inputs = tf.keras.Input((784,))
for _ in range(2):
    x = tf.keras.layers.Dense(128, activation="relu")(x)
    x = tf.keras.layers.Dropout(0.4)(x, training=False)
outputs = tf.keras.layers.Dense(10, activation="softmax")(x)
model_cured = tf.keras.Model(inputs, outputs)
one_hot = np.ndim(y_train) == 2 and np.shape(y_train)[1] == 10
model_cured.compile("adam", "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, epochs=6, batch_size=128, validation_data=(x_val, y_val), verbose=0)
