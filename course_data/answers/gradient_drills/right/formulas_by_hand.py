# why: NumPy and formulas instead of tapes: the checks ask for values, not for a way

# %% slope
def slope(x):
    return 3 * x**2 - 2 + np.cos(x)

# %% layer
def layer_gradients(w, b, x):
    w, b, x = (np.asarray(each) for each in (w, b, x))
    dy = 2 * (x @ w + b) / (len(x) * len(b))
    return x.T @ dy, dy.sum(axis=0)

# %% twice
def two_slopes(x):
    return [2 * x, 2 * x**2]

# %% watch
def force(points):
    x = np.asarray(points)
    return 6 * x * np.exp(-x**2)

# %% curvature
def curvature(r):
    return 156 * r**-14 - 84 * r**-8

# %% repair
def repaired_numpy(x):
    return np.sin(x) + x * np.cos(x)

def repaired_integer(n):
    return 2 * n

def repaired_order(x):
    return 2 * np.exp(2 * x)

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
