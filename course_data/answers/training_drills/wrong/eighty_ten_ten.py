# why: other shares
# fails: test_sizes

# %% split
def split(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    first, second = int(0.8 * len(x)), int(0.9 * len(x))
    return tuple((x[part], y[part]) for part in (order[:first], order[first:second], order[second:]))
