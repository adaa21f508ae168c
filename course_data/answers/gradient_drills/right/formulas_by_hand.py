# why: one function that asks the tape, used by all parts; then NumPy and formulas

# %% slope
def by_tape(function, *places):
    places = [tf.Variable(place) for place in places]
    with tf.GradientTape() as tape:
        value = function(*places)
    return tape.gradient(value, places)

def slope_of(f, x):
    return by_tape(f, np.float64(x))[0].numpy()

# %% layer
def layer_gradients(loss, w, b, x):
    return by_tape(lambda w, b: loss(tf.einsum("en,nm->em", x, w) + b), w, b)

# %% twice
def two_slopes(f, g, x):
    y = f(tf.constant(float(x)))
    return [float(by_tape(f, float(x))[0]), float(by_tape(g, y)[0])]

# %% watch
def force(potential, points):
    return -np.reshape([by_tape(potential, point)[0] for point in np.ravel(points)], np.shape(points))

# %% curvature
def curvature(potential, r):
    return float(by_tape(lambda r: by_inner_tape(potential, r), float(r))[0])

def by_inner_tape(potential, r):
    with tf.GradientTape() as tape:
        tape.watch(r)
        v = potential(r)
    return tape.gradient(v, r)

# %% repair
def repaired_numpy(f, x):
    return slope_of(lambda x: x * f(x), x)

def repaired_integer(f, n):
    return slope_of(f, float(n))

def repaired_order(f, x):
    return slope_of(f, x)

# %% neuron
def sigma(u):
    return 1 / (1 + np.exp(-u))

def neuron_gradient(w, b, x, y):
    a = sigma(np.dot(w, x) + b)
    db = 2 * (a - y) * a * (1 - a)
    return [db * each for each in x], db

# %% descent
def descend(start, rate, steps):
    return 3 + (start - 3) * (1 - 2 * rate) ** np.arange(steps + 1)

# %% rates
too_small, good, too_large = 0.002, 0.08, 0.3

# %% steps
def momentum_step(w, v, g, rate, beta):
    step = []
    for each_v, each_g in zip(np.ravel(v), np.ravel(g)):
        step.append(beta * each_v - rate * each_g)
    step = np.reshape(step, np.shape(w))
    return w + step, step

def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g * g - v)
    size = rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - size * m / (np.sqrt(v) + epsilon), m, v

# %% decay
def fit_decay(t, y, sigma):
    t, y, sigma = (np.asarray(each, float) for each in (t, y, sigma))
    p, losses, damping = np.array([6.0, 2.5, 3.5]), [], 1.0
    for _ in range(60):
        e = np.exp(-t / p[1])
        r = (y - 100 * p[0] * e - 10 * p[2]) / sigma
        losses.append(np.mean(r**2))
        jacobian = np.stack([100 * e, 100 * p[0] * e * t / p[1] ** 2, np.full_like(t, 10)], 1) / sigma[:, None]
        step = np.linalg.solve(jacobian.T @ jacobian + damping * np.eye(3), jacobian.T @ r)
        p, damping = p + step, damping / 2
    return 100 * p[0], p[1], 10 * p[2], losses
