# why: NumPy's class for broadcasting, kept under a name of its own, on arrays without bytes
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
Together = np.broadcast

def broadcast_shape(a, b):
    return Together(np.empty(a, []), np.empty(b, [])).shape
