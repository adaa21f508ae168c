# why: no tape: two values of f
# fails: test_slope

# %% slope
def slope_of(f, x):
    h = 1e-5
    up, down = (f(tf.constant(x + s * h, tf.float64)) for s in (1, -1))
    return (up - down) / (2 * h)
