# why: honest: gradients as a sum over single events with np.outer, plain descent in place with the -= operator

# %% learn
from scipy.special import expit


def gradients(x, y, V, c, W, b):
    """The gradients of the loss."""
    total = [np.zeros(np.shape(part)) for part in (V, c, W, b)]
    for event, truth in zip(x, y):
        h = np.tanh(event @ V + c)
        delta = expit(h @ W + b) - truth  # shape (1,)
        back = delta[0] * W[:, 0] * (1 - h**2)
        total[0] += np.outer(event, back)
        total[1] += back
        total[2] += np.outer(h, delta)
        total[3] += delta
    return tuple(part / len(x) for part in total)


def learn(x, y, seed):
    """Train a network with one hidden layer on a few points, beginning with random weights."""
    state = np.random.RandomState(seed)
    network = dict(V=state.randn(2, 16) * 1.5, c=state.randn(16), W=state.uniform(-1, 1, (16, 1)), b=state.uniform(-1, 1, 1))
    for _ in range(4000):
        for name, slope in zip("VcWb", gradients(x, y, **network)):
            network[name] -= 0.5 * slope
    return network["V"], network["c"], network["W"], network["b"]
