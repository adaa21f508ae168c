# why: exp of the score itself
# fails: test_large_scores

# %% decide
def probabilities(scores):
    e = tf.exp(scores)
    return e / tf.reduce_sum(e, axis=1, keepdims=True)

def winners(scores):
    return tf.argmax(scores, axis=1)
