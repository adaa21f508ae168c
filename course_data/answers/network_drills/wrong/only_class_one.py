# why: the part of class 0 is missing
# fails: test_crossentropies, test_clipping

# %% losses
def mean_squared_error(y, p):
    return np.mean((y - p) ** 2)

def binary_crossentropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p))

def categorical_crossentropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(np.sum(y * np.log(p), axis=1))
