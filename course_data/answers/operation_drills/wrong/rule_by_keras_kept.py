# why: Keras's function, kept under a name of its own before the call
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
from keras.src.ops.operation_utils import broadcast_shapes as together

def broadcast_shape(a, b):
    return tuple(together(a, b))
