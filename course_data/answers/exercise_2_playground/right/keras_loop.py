# why: a loop over points, and a training loop written by hand

# %% keras_circle
def make_data(n, seed):
    rng = np.random.RandomState(seed)
    points = []
    for i in range(n):
        inside = i < n / 2
        r = rng.uniform(0, 2.5) if inside else rng.uniform(3.5, 5)
        phi = rng.uniform(0, 2 * np.pi)
        points.append((r * np.sin(phi), r * np.cos(phi), 1 if inside else -1))
    rng.shuffle(points)
    points = np.array(points)
    return points[:, :2], points[:, 2]


def build():
    tf.keras.utils.set_random_seed(5)
    model = tf.keras.Sequential()
    model.add(tf.keras.layers.Input((2,)))
    for n in (4, 2, 1):
        model.add(tf.keras.layers.Dense(n))
        model.add(tf.keras.layers.Activation("tanh"))
    model.compile("sgd", "mse")
    return model


circle_model = build()
optimizer = tf.keras.optimizers.Adam(0.05)
data_x, data_y = (tf.constant(each, tf.float32) for each in make_data(500, 0))


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((circle_model(data_x)[:, 0] - data_y) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, circle_model.trainable_variables), circle_model.trainable_variables))


for _ in range(400):
    step()
