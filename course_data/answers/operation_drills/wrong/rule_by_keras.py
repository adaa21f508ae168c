# why: Keras's function, where it stands
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
from keras.src.ops import operation_utils

def broadcast_shape(a, b):
    return tuple(operation_utils.broadcast_shapes(a, b))
