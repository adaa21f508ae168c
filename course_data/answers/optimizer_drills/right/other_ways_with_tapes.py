# why: TensorFlow in place of NumPy, a tape where a formula would do, other optimizers

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

# %% momentum
def momentum_step(w, v, g, rate, beta):
    w = tf.Variable(w)
    new = tf.constant(beta * v) - tf.constant(rate * g)
    w.assign_add(new)
    return w, new

# %% adam
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

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    a = tf.add(a, tf.square(g))
    return tf.constant(w) - rate * g * tf.math.rsqrt(a + epsilon), a

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v = tf.Variable(v)
    v.assign(rho * v + (1 - rho) * tf.square(g))
    return tf.convert_to_tensor(w) - rate * g / tf.sqrt(v + epsilon), v

# %% adadelta
def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    w, v, d, g = (tf.constant(each) for each in (w, v, d, g))
    v = rho * v + (1 - rho) * g**2
    s = -tf.sqrt(d + epsilon) / tf.sqrt(v + epsilon) * g
    return w + rate * s, v, rho * d + (1 - rho) * s**2

# %% ftrl
def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    w, n, z, g = (tf.constant(each) for each in (w, n, z, g))
    sums = n + tf.square(g)
    z += g - (tf.sqrt(sums) - tf.sqrt(n)) / rate * w
    soft = tf.sign(z) * tf.nn.relu(tf.abs(z) - l1)
    return -soft / (tf.sqrt(sums) / rate + 2 * l2 + beta / rate), sums, z

# %% ravine
rates = {"sgd": np.float32(0.04), "momentum": tf.constant(0.02), "rmsprop": 0.15, "adam": np.array(0.5)}
rates["adagrad"] = rates["ftrl"] = 1
rates.update(adadelta=300)
