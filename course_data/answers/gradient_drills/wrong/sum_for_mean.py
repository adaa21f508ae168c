# why: the sum of squares
# fails: test_dw, test_db

# %% layer
def layer_gradients(w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((x @ w + b) ** 2)
    return tape.gradient(loss, [w, b])
