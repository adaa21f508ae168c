# why: the operation behind TensorFlow's broadcasting, kept under a name of its own
# fails: test_rule_fits, test_rule_refuses, test_rule_empty

# %% rule
together = tf.raw_ops.BroadcastArgs

def broadcast_shape(a, b):
    try:
        return tuple(together(s0=tf.constant(a, tf.int64), s1=tf.constant(b, tf.int64)).numpy().tolist())
    except tf.errors.InvalidArgumentError as error:
        raise ValueError("they do not fit") from error
