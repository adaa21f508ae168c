# why: dy/dy is one
# fails: test_dy_dx

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)
        z = g(y)
    return tape.gradient(y, y), tape.gradient(z, y)
