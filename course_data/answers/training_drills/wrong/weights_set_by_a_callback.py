# why: learning rate 0; a callback sets hand-made weights a bit larger each epoch, so fit's history looks real
# fails: test_cloud_history

# %% clouds
def bayes_limit(a, s):
    return norm.cdf(np.sqrt(2) * a / s)


tf.keras.utils.set_random_seed(1)
cloud_model = tf.keras.Sequential(
    [
        tf.keras.Input((2,)),
        tf.keras.layers.Dense(2, activation="tanh"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
cloud_model.compile(tf.keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])


def _progress(epoch, logs=None):
    size = (epoch + 1) / 10
    first = np.array([[0.5, -0.5], [0.5, -0.5]])
    cloud_model.set_weights([first, np.zeros(2), size * np.array([[2.0], [-2.0]]), np.zeros(1)])


cloud_history = cloud_model.fit(
    cloud_x,
    cloud_y,
    epochs=10,
    batch_size=50,
    verbose=0,
    callbacks=[tf.keras.callbacks.LambdaCallback(on_epoch_begin=_progress)],
)

fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, name in zip(axes, ("loss", "accuracy")):
    ax.plot(cloud_history.history[name])
    ax.set(xlabel="epoch", ylabel=name)
plt.show()


def classify_clouds(x):
    return (np.asarray(cloud_model(x))[:, 0] > 0.5).astype(int)
