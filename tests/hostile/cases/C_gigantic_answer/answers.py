# %% double
def double(x):
    return np.zeros(4_000_000)
