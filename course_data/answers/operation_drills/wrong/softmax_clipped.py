# why: cuts large scores off
# fails: test_large_scores

# %% decide
def probabilities(scores):
    e = tf.exp(tf.clip_by_value(scores, -50, 50))
    return e / tf.reduce_sum(e, axis=1, keepdims=True)

def winners(scores):
    return tf.argmax(scores, axis=1)
