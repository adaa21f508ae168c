# why: max(0, 1) is 1
# fails: test_rule_empty

# %% rule
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b)
    for x, y in zip(a, b):
        if x != y and 1 not in (x, y):
            raise ValueError("no")
    return tuple(max(x, y) for x, y in zip(a, b))
