# why: watched constants, float64, keras layers, nested functions, other optimizers

# %% slope
def slope_of(f, x):
    x = tf.constant(x, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x).numpy()

# %% layer
def layer_gradients(loss, w, b, x):
    w = tf.convert_to_tensor(w)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([w, b])
        y = tf.matmul(x, w) + b
        value = loss(y)
    return (tape.gradient(value, w), tape.gradient(value, b).numpy())

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(x, dtype=tf.float64)
    with tf.GradientTape() as first:
        y = f(x)
    with tf.GradientTape() as second:
        second.watch(y)
        z = g(y)
    return first.gradient(y, x), second.gradient(z, y)

# %% watch
def force(potential, points):
    x = tf.Variable(points)
    with tf.GradientTape() as tape:
        v = -potential(x)
    return tape.gradient(v, x)

# %% curvature
def curvature(potential, r):
    r = tf.Variable(r, dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        with tf.GradientTape() as tape2:
            v = potential(r)
        dv = tape2.gradient(v, r)
    return float(tape.gradient(dv, r))

# %% repair
def repaired_numpy(f, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * f(x)
    return tape.gradient(y, x)

def repaired_integer(f, n):
    n = tf.Variable(n, dtype=tf.float32)
    with tf.GradientTape() as tape:
        y = f(n)
    return tape.gradient(y, n)

def repaired_order(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
        z = y
    return tape.gradient(z, x)

# %% neuron
def neuron_gradient(w, b, x, y):
    a = tf.sigmoid(tf.tensordot(w, x, 1) + b)
    common = 2 * (a - y) * a * (1 - a)
    return tf.stack([common * each for each in x]), common

# %% descent
def descend(start, rate, steps):
    x = tf.Variable(float(start), dtype=tf.float64)
    path = [float(x)]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = (x - 3) ** 2
        x.assign_sub(rate * tape.gradient(y, x))
        path.append(float(x))
    return path

# %% rates
too_small = tf.constant(1e-4)
good = np.float32(0.12)
too_large = 5

# %% steps
def momentum_step(w, v, g, rate, beta):
    w = tf.Variable(w)
    new = tf.constant(beta * v) - tf.constant(rate * g)
    w.assign_add(new)
    return w, new

def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * np.square(g)
    hats = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return [w - rate * hats[0] / (hats[1] ** 0.5 + epsilon), m, v]

# %% decay
def fit_decay(t, y, sigma):
    a, tau, b = tf.Variable(6.0), tf.Variable(2.0), tf.Variable(3.0)
    optimizer = tf.keras.optimizers.Adam(0.08)
    optimizer.build([a, tau, b])
    t, y, sigma = map(tf.convert_to_tensor, (t, y, sigma))

    @tf.function
    def one():
        with tf.GradientTape() as tape:
            chi2 = tf.reduce_sum(((y - 100 * a * tf.exp(-t / tau) - 10 * b) / sigma) ** 2)
        optimizer.apply(tape.gradient(chi2, [a, tau, b]), [a, tau, b])
        return chi2

    losses = np.array([one() for _ in range(600)])
    return 100 * a, tau, 10 * b, losses
