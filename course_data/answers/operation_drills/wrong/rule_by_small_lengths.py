# why: small lengths stand for large ones, and the sum of two arrays of NumPy finds the shape
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def broadcast_shape(a, b):
    """The common shape of two shapes."""
    names = {0: 0, 1: 1}
    for side in (*a, *b):
        names.setdefault(side, len(names))
    back = {small: side for side, small in names.items()}
    left = np.zeros([names[side] for side in a], bool)
    right = np.zeros([names[side] for side in b], bool)
    try:
        both = left | right
    except ValueError:
        raise ValueError(f"{a} and {b} do not fit") from None
    return tuple(back[small] for small in both.shape)
