# why: TensorFlow's operation, imported before the call
# fails: test_ftrl, test_ftrl_l2_and_beta, test_ftrl_l1

# %% ftrl
ready = tf.raw_ops.ResourceApplyFtrl


def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    weight, squares, linear, gradient = (tf.Variable(np.array(each, float)) for each in (w, n, z, g))
    ready(
        var=weight.handle, accum=squares.handle, linear=linear.handle, grad=gradient.read_value(),
        lr=tf.constant(rate, tf.float64), l1=tf.constant(l1, tf.float64),
        l2=tf.constant(l2 + beta / (2 * rate), tf.float64), lr_power=tf.constant(-0.5, tf.float64),
    )
    return weight.numpy(), squares.numpy(), linear.numpy()
