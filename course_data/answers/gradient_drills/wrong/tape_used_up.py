# why: asks a tape twice that answers once
# fails: test_dy_dx, test_dz_dy

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
        z = g(y)
    return tape.gradient(y, x), tape.gradient(z, y)
