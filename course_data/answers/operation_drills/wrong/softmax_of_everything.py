# why: one sum for all rows
# fails: test_probabilities, test_large_scores

# %% decide
def probabilities(scores):
    z = scores - tf.reduce_max(scores)
    return tf.exp(z) / tf.reduce_sum(tf.exp(z))

def winners(scores):
    return tf.argmax(scores, axis=1)
