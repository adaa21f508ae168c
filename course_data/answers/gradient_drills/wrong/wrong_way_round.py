# why: the two answers are exchanged
# fails: test_dy_dx, test_dz_dy

# %% twice
def two_slopes(x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = x**2
        z = y**2
    return tape.gradient(z, y), tape.gradient(y, x)
