# why: a constant that nobody watches
# fails: test_slope

# %% slope
def slope(x):
    x = tf.constant(float(x))
    with tf.GradientTape() as tape:
        y = x**3 - 2 * x + tf.sin(x)
    return tape.gradient(y, x)
