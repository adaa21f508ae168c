# why: delta is not divided by the events
# fails: test_last_layer, test_hidden_layer

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = p - y
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)

def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2, 12)), rng.normal(size=12), rng.normal(size=(12, 1)), np.zeros(1)]
    for _ in range(2500):
        weights = [w - 0.2 * g for w, g in zip(weights, gradients(x, y, *weights))]
    return weights
