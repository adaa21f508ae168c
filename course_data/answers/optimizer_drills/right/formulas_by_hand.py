# why: loops, other forms of the formulas, changes in place, a fit by damped Gauss-Newton steps

# %% descent
def descend(start, rate, steps):
    return 3 + (start - 3) * (1 - 2 * rate) ** np.arange(steps + 1)

# %% rates
too_small, good, too_large = 0.002, 0.08, 0.3

# %% momentum
def momentum_step(w, v, g, rate, beta):
    step = []
    for each_v, each_g in zip(np.ravel(v), np.ravel(g)):
        step.append(beta * each_v - rate * each_g)
    step = np.reshape(step, np.shape(w))
    return w + step, step

# %% adam
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

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    w, a = np.array(w), np.array(a)
    for at in np.ndindex(w.shape):
        a[at] += g[at] * g[at]
        w[at] -= rate * g[at] / (a[at] + epsilon) ** 0.5
    return [w, a]

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v += (1 - rho) * (g * g - v)
    w -= rate * g * (v + epsilon) ** -0.5
    return w, v

# %% adadelta
def rms(mean, epsilon):
    return np.sqrt(mean + epsilon)


def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    new_v = v + (1 - rho) * (g**2 - v)
    delta = g * rms(d, epsilon) / rms(new_v, epsilon)
    return w - rate * delta, new_v, d + (1 - rho) * (delta**2 - d)

# %% ftrl
def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    old, new = n**0.5, (n + g * g) ** 0.5
    z = z + g - (new - old) * w / rate
    small = abs(z) <= l1
    w = np.where(small, 0.0, -rate * (z - np.sign(z) * l1) / (beta + new + 2 * rate * l2))
    return w, n + g * g, z

# %% ravine
rates = dict(sgd=0.03, momentum=0.01, adagrad=0.5, rmsprop=0.1, adam=0.3, adadelta=100.0, ftrl=0.4)
