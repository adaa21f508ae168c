# why: the training part is all of it
# fails: test_sizes, test_disjoint

# %% split
def split(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    first, second = int(0.6 * len(x)), int(0.8 * len(x))
    return tuple((x[part], y[part]) for part in (order, order[first:second], order[second:]))
