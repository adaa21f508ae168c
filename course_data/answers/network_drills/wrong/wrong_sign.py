# why: y - p
# fails: test_last_layer, test_hidden_layer, test_other_points

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (y - p) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)

def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2, 12)), rng.normal(size=12), rng.normal(size=(12, 1)), np.zeros(1)]
    for _ in range(2500):
        weights = [w + 1.2 * g for w, g in zip(weights, gradients(x, y, *weights))]
    return weights
