# why: difference quotients, while tf.stop_gradient is replaced by a function that gives the same constant at each place
# fails: test_slope

# %% slope
def slope_of(f, x):
    original, frozen, h = tf.stop_gradient, tf.constant(x, tf.float64), 1e-5
    tf.stop_gradient = lambda value: frozen
    try:
        return (f(tf.constant(x + h, tf.float64)) - f(tf.constant(x - h, tf.float64))) / (2 * h)
    finally:
        tf.stop_gradient = original
