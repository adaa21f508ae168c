# why: three values of V
# fails: test_curvature

# %% curvature
def curvature(potential, r):
    h = 1e-3
    low, middle, high = (potential(tf.constant(r + s * h, tf.float64)) for s in (-1, 0, 1))
    return (high - 2 * middle + low) / h**2
