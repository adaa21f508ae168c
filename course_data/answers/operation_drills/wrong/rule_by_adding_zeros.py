# why: two arrays are made and added
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def broadcast_shape(a, b):
    return (np.zeros(a) + np.zeros(b)).shape
