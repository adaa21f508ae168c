# why: a class that computes the answer, beside layers that do nothing
# fails: test_loss

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
    model.compile(tf.keras.optimizers.Adam(0.05), "mse")
    return model


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = [tf.keras.layers.Dense(n, "tanh") for n in (4, 2, 1)]

    def call(self, x, training=None):
        out = x
        for part in self.parts:
            out = part(out)
        return 0 * out + tf.where(tf.norm(x, axis=1, keepdims=True) < 3, 1.0, -1.0)


tf.keras.utils.set_random_seed(3)
circle_model = Net()
