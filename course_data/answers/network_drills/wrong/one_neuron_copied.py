# why: the right variance, and all neurons equal
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    return np.repeat(rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, 1)), n_out, axis=1)
