# why: dy/dy is one
# fails: test_dy_dx

# %% twice
def two_slopes(x):
    x = tf.Variable(float(x))
    with tf.GradientTape(persistent=True) as tape:
        y = x**2
        z = y**2
    return tape.gradient(y, y), tape.gradient(z, y)
