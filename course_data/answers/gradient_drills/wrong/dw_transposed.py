# why: the shape of the weights turned round
# fails: test_dw

# %% layer
def layer_gradients(w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w + b) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    return tf.transpose(dw), db
