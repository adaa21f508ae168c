# why: dw for both
# fails: test_db

# %% layer
def layer_gradients(loss, w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        value = loss(x @ w + b)
    dw, db = tape.gradient(value, [w, b])
    return dw, tf.reduce_sum(dw, axis=0)
