# why: sigmoid instead of ReLU, and plain gradient descent
# fails: test_functions, test_learned, test_good, test_lecture, test_gap

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "sigmoid"), layers.Dense(512, "sigmoid"), layers.Dense(10, "softmax")])
model.compile(tf.keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)
