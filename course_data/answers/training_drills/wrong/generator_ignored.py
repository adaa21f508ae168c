# why: NumPy's common generator in place of the one that is handed in
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng, kind="normal"):
    if kind == "uniform":
        return rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out))
    return np.random.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

def variances(x, factor, activation, rng):
    seen = []
    for _ in range(10):
        z = x @ (factor * xavier(x.shape[1], x.shape[1], rng, "normal"))
        x = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
        seen.append(np.var(x))
    return seen
