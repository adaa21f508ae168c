# why: SciPy's function for sparse arrays, kept under a name of its own
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
from scipy.sparse._sputils import broadcast_shapes as together

def broadcast_shape(a, b):
    return together(tuple(a), tuple(b))
