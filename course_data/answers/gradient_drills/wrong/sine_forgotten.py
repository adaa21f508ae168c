# why: the sine is missing
# fails: test_slope

# %% slope
def slope(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = x**3 - 2 * x
    return tape.gradient(y, x)
