# why: the second hidden layer is a hand-set identity that is frozen, in truth there is one hidden layer
# fails: test_layers, test_output_weights, test_weights_figure, test_gap

# %% network
model = tf.keras.Sequential([
    tf.keras.Input((784,)),
    tf.keras.layers.Dense(512, activation="relu"),
    tf.keras.layers.Dense(512, activation="relu", name="second"),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.get_layer("second").set_weights([np.eye(512, dtype="float32"), np.zeros(512, dtype="float32")])
model.get_layer("second").trainable = False
rate = tf.keras.optimizers.schedules.CosineDecay(0.001, 8 * int(np.ceil(len(x_train) / 256)))
model.compile(optimizer=tf.keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=256, epochs=8, validation_data=(x_val, y_val), verbose=2)
