# why: always the same weights
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    return np.random.default_rng(0).normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
