# why: hands the variance to rng.normal
# fails: test_xavier_variance

# %% start
def xavier(n_in, n_out, rng):
    return rng.normal(0, 2 / (n_in + n_out), (n_in, n_out))
