# why: TensorFlow's function for static shapes, under a name of its own
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
from tensorflow.compat.v1 import broadcast_static_shape as together

def broadcast_shape(a, b):
    return tuple(together(tf.TensorShape(a), tf.TensorShape(b)).as_list())
