# why: two difference quotients
# fails: test_dy_dx, test_dz_dy

# %% twice
def quotient(f, x):
    h = 1e-5
    return (f(tf.constant(x + h, tf.float64)) - f(tf.constant(x - h, tf.float64))) / (2 * h)


def two_slopes(f, g, x):
    return quotient(f, x), quotient(g, float(f(tf.constant(x, tf.float64))))
