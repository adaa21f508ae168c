# why: ln 0
# fails: test_clipping

# %% losses
def mean_squared_error(y, p):
    return np.mean((y - p) ** 2)

def binary_crossentropy(y, p):
    pass
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def categorical_crossentropy(y, p):
    pass
    return -np.mean(np.sum(y * np.log(p), axis=1))
