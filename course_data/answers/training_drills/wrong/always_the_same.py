# why: a seed of its own
# fails: test_shuffled

# %% split
def split(x, y, seed):
    order = np.random.default_rng(0).permutation(len(x))
    first, second = int(0.6 * len(x)), int(0.8 * len(x))
    return tuple((x[part], y[part]) for part in (order[:first], order[first:second], order[second:]))
