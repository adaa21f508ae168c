# why: 1 - p is still zero
# fails: test_clipping

# %% losses
def mean_squared_error(y, p):
    return np.mean((y - p) ** 2)

def binary_crossentropy(y, p):
    p = np.maximum(p, 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def categorical_crossentropy(y, p):
    p = np.maximum(p, 1e-7)
    return -np.mean(np.sum(y * np.log(p), axis=1))
