# why: TensorFlow traces a sum of placeholders and tells the shape of its output
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
trace = tf.function(lambda x, y: x + y).get_concrete_function

def broadcast_shape(a, b):
    return tuple(trace(tf.TensorSpec(a), tf.TensorSpec(b)).output_shapes)
