# why: a Keras layer that adds is asked for the shape of its output
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def broadcast_shape(a, b):
    return tf.keras.layers.Add().compute_output_shape([(1, *a), (1, *b)])[1:]
