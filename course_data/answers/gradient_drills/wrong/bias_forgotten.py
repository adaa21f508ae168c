# why: the bias is not in the loss
# fails: test_dw, test_db

# %% layer
def layer_gradients(w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w) ** 2) + 0 * tf.reduce_sum(b)
    return tape.gradient(loss, [w, b])
