# why: the truth twice, and not what the model sees
# fails: test_examples

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)

# %% examples
predicted = np.argmax(model(x_test[:100]), axis=1)
wrong = np.flatnonzero(np.argmax(model.predict(x_test, verbose=0), axis=1) != test_labels)
fig, axes = plt.subplots(2, 5)
for i, ax in zip(wrong, axes.ravel()):
    ax.imshow(test_images[i])
    ax.set_title(f"{test_labels[i]}/{test_labels[i]}")
plt.show()
