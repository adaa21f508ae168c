# why: the same weights in each layer
# fails: test_variances

# %% start
def xavier(n_in, n_out, rng, kind="normal"):
    if kind == "uniform":
        return rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out))
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


def variances(x, factor, activation, rng):
    seen = []
    w = xavier(x.shape[1], x.shape[1], rng)
    for _ in range(10):
        z = x @ (factor * w)
        x = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
        seen.append(np.var(x))
    return seen
