# why: a random hidden layer, and least squares in place of gradients
# fails: test_xor, test_other_points

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (p - y) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)


def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    V, c = 3 * rng.normal(size=(2, 40)), 3 * rng.normal(size=40)
    W = np.linalg.lstsq(np.tanh(x @ V + c), 8 * y - 4, rcond=None)[0]
    return V, c, W, np.zeros(1)
