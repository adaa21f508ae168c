# why: half for training
# fails: test_sizes

# %% split
def split(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    first, second = int(0.5 * len(x)), int(0.75 * len(x))
    return tuple((x[part], y[part]) for part in (order[:first], order[first:second], order[second:]))
