# why: two fixed radii, and labels that alternate: no distribution, no shuffling
# fails: test_data, test_data_shuffled

# %% keras_circle
def make_data(n, seed):
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, n)
    y = np.tile([1.0, -1.0], n // 2)
    r = np.where(y > 0, 1.25, 4.25)
    return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1), y


def build():
    layers = [tf.keras.layers.Dense(n, activation="tanh") for n in (4, 2, 1)]
    model = tf.keras.Sequential([tf.keras.Input((2,)), *layers])
    model.compile(tf.keras.optimizers.Adam(0.03), "mse")
    return model


tf.keras.utils.set_random_seed(1)
circle_model = build()
circle_model.fit(*make_data(500, 0), epochs=40, batch_size=20, verbose=0)
