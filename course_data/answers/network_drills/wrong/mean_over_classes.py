# why: divided by the number of classes as well
# fails: test_crossentropies, test_clipping

# %% losses
def mean_squared_error(y, p):
    return np.mean((y - p) ** 2)

def binary_crossentropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def categorical_crossentropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p))
