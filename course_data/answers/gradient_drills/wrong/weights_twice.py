# why: dw for both
# fails: test_db

# %% layer
def layer_gradients(w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w + b) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    return dw, tf.reduce_sum(dw, axis=0)
