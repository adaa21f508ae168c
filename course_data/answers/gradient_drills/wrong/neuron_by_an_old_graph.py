# why: the gradient of an old graph of TensorFlow, where the chain rule is to be written
# fails: test_neuron_dw, test_neuron_db

# %% neuron
def neuron_gradient(w, b, x, y):
    """The gradient of the squared error of one sigmoid neuron."""
    with tf.Graph().as_default():
        weights = tf.constant(np.asarray(w), tf.float64)
        bias = tf.constant(float(b), tf.float64)
        a = tf.sigmoid(tf.reduce_sum(weights * tf.constant(np.asarray(x), tf.float64)) + bias)
        derivatives = tf.gradients((a - float(y)) ** 2, [weights, bias])
        with tf.compat.v1.Session() as session:
            dw, db = session.run(derivatives)
    return dw, float(db)
