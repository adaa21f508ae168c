# why: the mean is not zero
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    return np.sqrt(2 / (n_in + n_out)) * (rng.normal(size=(n_in, n_out)) + 1)
