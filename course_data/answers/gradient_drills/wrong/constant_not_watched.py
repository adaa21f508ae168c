# why: a constant that nobody watches
# fails: test_slope

# %% slope
def slope_of(f, x):
    x = tf.constant(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)
