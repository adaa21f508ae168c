# why: the tape in place of the chain rule by hand
# fails: test_neuron_dw, test_neuron_db

# %% neuron
def neuron_gradient(w, b, x, y):
    w, b = tf.Variable(w, dtype=tf.float64), tf.Variable(b, dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = (tf.sigmoid(tf.reduce_sum(w * x) + b) - y) ** 2
    return tape.gradient(loss, [w, b])
