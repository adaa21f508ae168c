# why: dropout behind the first hidden layer alone
# fails: test_regular_layers

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)

# %% regular
tf.keras.utils.set_random_seed(2)
layers, l2 = tf.keras.layers, tf.keras.regularizers.L2(1e-4)
model_regular = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu", kernel_regularizer=l2), layers.Dropout(0.4), layers.Dense(512, "relu", kernel_regularizer=l2), layers.Dense(10, "softmax")])
model_regular.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_regular = model_regular.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)
