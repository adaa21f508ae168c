# why: the events are shuffled, the labels are not
# fails: test_disjoint

# %% split
def split(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    first, second = int(0.6 * len(x)), int(0.8 * len(x))
    return tuple((x[part], y[np.sort(part)]) for part in (order[:first], order[first:second], order[second:]))
