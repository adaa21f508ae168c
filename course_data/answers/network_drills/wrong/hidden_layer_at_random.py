# why: hidden layer is never trained: only the output layer follows its gradient, V and c get a random walk as placeb
# fails: test_other_points

# %% learn
def gradients(x, y, V, c, W, b):
    """The gradients of the loss."""
    h = np.tanh(x @ V + c)
    delta = ((1 + np.tanh((h @ W + b) / 2)) / 2 - y) / len(x)
    inner = (delta @ W.T) * (1 - h**2)
    return x.T @ inner, inner.sum(axis=0), h.T @ delta, delta.sum(axis=0)


def learn(x, y, seed):
    """Train a network with one hidden layer on a few points, beginning with random weights."""
    rng = np.random.default_rng(seed)
    V, c = 2 * rng.normal(size=(2, 60)), 2 * rng.normal(size=60)
    W, b = 0.1 * rng.normal(size=(60, 1)), np.zeros(1)
    for _ in range(5000):
        dV, dc, dW, db = gradients(x, y, V, c, W, b)
        V = V + 2e-4 * rng.normal(size=V.shape)
        c = c + 2e-4 * rng.normal(size=c.shape)
        W = W - 0.1 * dW
        b = b - 0.1 * db
    return V, c, W, b
