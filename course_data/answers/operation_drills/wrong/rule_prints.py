# why: says that they do not fit, and goes on
# fails: test_rule_refuses

# %% rule
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b)
    for x, y in zip(a, b):
        if x != y and 1 not in (x, y):
            print("ValueError")
            return None
    return tuple(y if x == 1 else x for x, y in zip(a, b))
