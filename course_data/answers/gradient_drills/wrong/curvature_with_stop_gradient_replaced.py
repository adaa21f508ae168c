# why: second differences, while tf.stop_gradient is replaced by a function that gives the same constant at each place
# fails: test_curvature

# %% curvature
def curvature(potential, r):
    original, frozen, h = tf.stop_gradient, tf.constant(r, tf.float64), 1e-4
    tf.stop_gradient = lambda value: frozen
    try:
        left, middle, right = (potential(tf.constant(r + k * h, tf.float64)) for k in (-1, 0, 1))
        return (left - 2 * middle + right) / h**2
    finally:
        tf.stop_gradient = original
