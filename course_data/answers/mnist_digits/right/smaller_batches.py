# why: batches of 128, six epochs, logits; dropout of 0.5

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10)])
rate = tf.keras.optimizers.schedules.CosineDecay(0.0015, 6 * (len(x_train) // 128 + 1))
model.compile(tf.keras.optimizers.Adam(rate), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=6, batch_size=128, verbose=0)

# %% regular
tf.keras.utils.set_random_seed(2)
model_regular = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu", kernel_regularizer=tf.keras.regularizers.L2(1e-5)), layers.Dropout(0.5), layers.Dense(512, "relu", kernel_regularizer=lambda w: 1e-5 * tf.reduce_sum(w**2)), layers.Dropout(0.5), layers.Dense(10)])
model_regular.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
history_regular = model_regular.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=6, batch_size=128, verbose=0)
