# why: fills with 1 on the right
# fails: test_rule_fits, test_rule_refuses

# %% rule
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = tuple(a) + (1,) * (n - len(a)), tuple(b) + (1,) * (n - len(b))
    for x, y in zip(a, b):
        if x != y and 1 not in (x, y):
            raise ValueError("no")
    return tuple(y if x == 1 else x for x, y in zip(a, b))
