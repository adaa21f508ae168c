# why: NumPy's common generator in place of the one that is handed in
# fails: test_xavier_shape

# %% start
def xavier(n_in, n_out, rng):
    return np.random.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
