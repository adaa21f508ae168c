# why: the test digits are trained on
# fails: test_unseen

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test]), validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)
