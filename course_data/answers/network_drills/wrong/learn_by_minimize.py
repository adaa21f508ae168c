# why: SciPy minimises the loss, imported by its name
# fails: test_xor, test_other_points

# %% learn
from scipy.optimize import minimize

def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (p - y) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)

def learn(x, y, seed):
    def parts(p):
        return p[:16].reshape(2, 8), p[16:24], p[24:32].reshape(8, 1), p[32:]

    def loss(p):
        V, c, W, b = parts(p)
        s = (2 * y - 1) * (np.tanh(x @ V + c) @ W + b)
        return np.logaddexp(0, -s).mean()

    start = np.random.default_rng(seed).normal(size=33)
    return parts(minimize(loss, start, method="L-BFGS-B").x)
