# why: asks a tape twice that answers once
# fails: test_dy_dx, test_dz_dy

# %% twice
def two_slopes(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = x**2
        z = y**2
    return tape.gradient(y, x), tape.gradient(z, y)
