# why: the right variance, another distribution
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    return rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out))
