# why: the slope of tanh is missing
# fails: test_hidden_layer, test_other_points

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (p - y) / len(x)
    back = delta @ W.T
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)

def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    V, c, W, b = rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(2000):
        h = np.tanh(x @ V + c)
        p = 1 / (1 + np.exp(-(h @ W + b)))
        d = (p - y) / 4
        e = (d @ W.T) * (1 - h**2)
        V, c, W, b = V - x.T @ e, c - e.sum(0), W - h.T @ d, b - d.sum(0)
    return V, c, W, b
