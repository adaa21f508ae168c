# why: the shape of the weights turned round
# fails: test_dw

# %% layer
def layer_gradients(loss, w, b, x):
    w, b = tf.Variable(w), tf.Variable(b)
    with tf.GradientTape() as tape:
        value = loss(x @ w + b)
    dw, db = tape.gradient(value, [w, b])
    return tf.transpose(dw), db
