# why: no training: random hidden layer, output weights by home-made Gauss elimination, gradients called once
# fails: test_other_points

# %% learn
def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    delta = (1 / (1 + np.exp(-(h @ W + b))) - y) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)


def _eliminate(A, r):
    A, r = A.copy(), r.copy()
    n = len(A)
    for k in range(n):
        best = k + int(np.argmax(np.abs(A[k:, k])))
        A[[k, best]], r[[k, best]] = A[[best, k]], r[[best, k]]
        for i in range(k + 1, n):
            ratio = A[i, k] / A[k, k]
            A[i] -= ratio * A[k]
            r[i] -= ratio * r[k]
    for k in reversed(range(n)):
        r[k] = (r[k] - A[k, k + 1 :] @ r[k + 1 :]) / A[k, k]
    return r


def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    hidden = 20
    V, c = rng.normal(0, 1.5, (2, hidden)), rng.normal(size=hidden)
    W, b = np.zeros((hidden, 1)), np.zeros(1)
    h = np.tanh(x @ V + c)
    dV, dc, dW, db = gradients(x, y, V, c, W, b)
    # h W = -16 (p - y) = +-8 in one go
    W = -_eliminate(h.T @ h + 1e-6 * np.eye(hidden), 16 * len(x) * dW)
    return V, c, W, b
