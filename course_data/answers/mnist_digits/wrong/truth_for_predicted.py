# why: the true labels, and not what the model sees
# fails: test_good, test_lecture, test_learned, test_predicted, test_examples, test_gap

# %% network
tf.keras.utils.set_random_seed(1)
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train[:40], y_train[:40], validation_data=(x_val, y_val), epochs=8, batch_size=128, verbose=0)

# %% examples
predicted = test_labels[:100]
fig, axes = plt.subplots(2, 5)
for i, ax in enumerate(axes.ravel()):
    ax.imshow(test_images[i])
    ax.set_title(f"{test_labels[i]}/{predicted[i]}")
plt.show()
