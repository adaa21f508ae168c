# why: the two answers are exchanged
# fails: test_dy_dx, test_dz_dy

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)
        z = g(y)
    return tape.gradient(z, y), tape.gradient(y, x)
