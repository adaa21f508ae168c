# why: two symbolic inputs of Keras are added, and the sum says what shape it has
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
def broadcast_shape(a, b):
    total = tf.keras.Input(batch_shape=tuple(a), name="left") + tf.keras.Input(batch_shape=tuple(b), name="right")
    return tuple(total.shape)
