# why: dz/dx for dz/dy
# fails: test_dz_dy

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)
        z = g(y)
    return tape.gradient(y, x), tape.gradient(z, x)
