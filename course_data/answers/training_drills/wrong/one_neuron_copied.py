# why: the right variance, and all neurons equal
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng, kind="normal"):
    if kind == "uniform":
        return rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out))
    neuron = rng.normal(size=(n_in, 1))
    neuron = (neuron - neuron.mean()) / neuron.std() * np.sqrt(2 / (n_in + n_out))
    return np.repeat(neuron, n_out, axis=1)

def variances(x, factor, activation, rng):
    seen = []
    for _ in range(10):
        z = x @ (factor * xavier(x.shape[1], x.shape[1], rng, "normal"))
        x = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
        seen.append(np.var(x))
    return seen
