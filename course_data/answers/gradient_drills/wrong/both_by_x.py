# why: dz/dx for dz/dy
# fails: test_dz_dy

# %% twice
def two_slopes(x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = x**2
        z = y**2
    return tape.gradient(y, x), tape.gradient(z, x)
