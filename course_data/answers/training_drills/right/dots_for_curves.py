# why: SGD with momentum, figure as scatter points in pyplot's state interface, classes by a list comprehension

# %% clouds
from functools import partial

import scipy.special


def bayes_limit(a, s):
    return 0.5 + 0.5 * scipy.special.erf(a / s)  # this is norm.cdf(sqrt(2) a / s)


tf.keras.utils.set_random_seed(9)
layer = partial(tf.keras.layers.Dense, activation="sigmoid")
cloud_model = tf.keras.Sequential([tf.keras.layers.InputLayer(shape=(2,)), layer(5), layer(1)])
cloud_model.compile(
    tf.keras.optimizers.SGD(0.1, momentum=0.9),
    tf.keras.losses.BinaryCrossentropy(),
    metrics=[tf.keras.metrics.BinaryAccuracy(name="accuracy")],
)
cloud_history = cloud_model.fit(tf.data.Dataset.from_tensor_slices((cloud_x, cloud_y[:, None])).batch(40), epochs=12, verbose=0)

plt.figure(figsize=(8, 3))
for panel, name in enumerate(["loss", "accuracy"], start=1):
    plt.subplot(1, 2, panel)
    numbers = cloud_history.history[name]
    plt.scatter(list(range(1, len(numbers) + 1)), numbers)
    plt.xlabel("epoch")
    plt.ylabel(name)
plt.tight_layout()
plt.show()


def classify_clouds(x):
    return np.array([1 if p > 0.5 else 0 for (p,) in cloud_model.predict(x, verbose=0).tolist()])
