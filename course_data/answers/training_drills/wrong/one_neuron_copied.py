# why: the right variance, and all neurons equal
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    neuron = rng.normal(size=(n_in, 1))
    neuron = (neuron - neuron.mean()) / neuron.std() * np.sqrt(2 / (n_in + n_out))
    return np.repeat(neuron, n_out, axis=1)
