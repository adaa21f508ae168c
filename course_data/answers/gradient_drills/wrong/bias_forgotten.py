# why: the bias is not in the loss
# fails: test_dw, test_db

# %% layer
def layer_gradients(loss, w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        value = loss(x @ w) + 0 * tf.reduce_sum(b)
    return tape.gradient(value, [w, b])
