# why: db is a mean of delta, which has the division by N already
# fails: test_last_layer

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (p - y) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.mean(axis=0)


def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2, 12)), rng.normal(size=12), rng.normal(size=(12, 1)), np.zeros(1)]
    for _ in range(2000):
        weights = [w - 1.2 * g for w, g in zip(weights, gradients(x, y, *weights))]
    return weights
