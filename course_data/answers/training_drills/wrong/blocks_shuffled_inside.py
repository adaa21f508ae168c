# why: cut first, shuffled afterwards
# fails: test_shuffled

# %% split
def split(x, y, seed):
    rng = np.random.default_rng(seed)
    first, second = int(0.6 * len(x)), int(0.8 * len(x))
    parts = (rng.permutation(first), first + rng.permutation(second - first), second + rng.permutation(len(x) - second))
    return tuple((x[part], y[part]) for part in parts)
