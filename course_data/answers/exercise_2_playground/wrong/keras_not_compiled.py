# why: build returns a model that is not compiled; it is compiled after the call
# fails: test_model

# %% keras_circle
def make_data(n, seed):
    generator = tf.random.Generator.from_seed(seed)
    half = n // 2
    phi = generator.uniform((n,), 0, 2 * np.pi)
    r = tf.concat([generator.uniform((half,), 0, 2.5), generator.uniform((half,), 3.5, 5)], 0)
    y = tf.concat([tf.ones(half), -tf.ones(half)], 0)
    order = np.random.default_rng(seed).permutation(n)
    x = tf.stack([r * tf.sin(phi), r * tf.cos(phi)], axis=1)
    return tf.gather(x, order), tf.gather(y, order)


def build():
    inputs = tf.keras.Input((2,))
    hidden = tf.keras.layers.Dense(2, "tanh")(tf.keras.layers.Dense(4, "tanh")(inputs))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(1, "tanh")(hidden))
    return model


tf.keras.utils.set_random_seed(3)
circle_model = build()
circle_model.compile(tf.keras.optimizers.Adam(0.05), "mse")
circle_model.fit(*make_data(600, 7), epochs=40, batch_size=60, verbose=0)
