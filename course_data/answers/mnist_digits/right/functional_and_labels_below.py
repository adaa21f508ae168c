# why: the functional API with layers for the activations; a rate that falls in a line; the digits as axis labels

# %% network
tf.keras.utils.set_random_seed(4)
inputs = tf.keras.Input((784,))
h = tf.keras.layers.ReLU()(tf.keras.layers.Dense(512)(inputs))
h = tf.keras.layers.Activation("relu")(tf.keras.layers.Dense(512)(h))
model = tf.keras.Model(inputs, tf.keras.layers.Softmax()(tf.keras.layers.Dense(10)(h)))
rate = tf.keras.optimizers.schedules.PolynomialDecay(0.001, 8 * (len(x_train) // 128 + 1), 0.0)
model.compile(tf.keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, 128, 8, 0, validation_data=(x_val, y_val))

# %% weights
W = next(layer for layer in reversed(model.layers) if layer.weights).get_weights()[0]
output_weights = [W[:, k].reshape(16, 32) for k in range(10)]
plt.figure()
for k in range(10):
    plt.subplot(2, 5, k + 1)
    plt.imshow(output_weights[k], cmap="seismic")
plt.show()

# %% examples
predicted = np.argmax(model(x_test[:100]), axis=1)
fig, axes = plt.subplots(2, 5)
for i, ax in enumerate(axes.ravel()):
    ax.imshow(test_images[i])
    ax.set_xlabel(f"true {test_labels[i]}")
    ax.set_ylabel(f"seen {predicted[i]}")
plt.show()
