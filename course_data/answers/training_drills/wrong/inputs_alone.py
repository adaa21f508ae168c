# why: He's rule for relu
# fails: test_xavier_variance

# %% start
def xavier(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))
