# why: NumPy's own broadcasting, which the task forbids
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def broadcast_shape(a, b):
    return np.broadcast_shapes(a, b)
