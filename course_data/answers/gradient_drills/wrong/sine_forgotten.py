# why: another function in place of f
# fails: test_slope

# %% slope
def slope_of(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = x**3 - 2 * x
    return tape.gradient(y, x)
