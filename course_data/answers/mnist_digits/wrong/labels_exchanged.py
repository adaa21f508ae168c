# why: the labels of another order: nothing that is true is learned
# fails: test_learned, test_good, test_lecture, test_gap

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train[::-1], validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)
