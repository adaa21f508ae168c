# why: the score, not its place
# fails: test_winners

# %% decide
def probabilities(scores):
    return tf.nn.softmax(scores)

def winners(scores):
    return tf.reduce_max(scores, axis=1)
