# why: argmax without the axis
# fails: test_winners

# %% decide
def probabilities(scores):
    return tf.nn.softmax(scores)

def winners(scores):
    return tf.argmax(scores)
