# why: never asks the tape by the result on the way: dz/dy is dz/dx divided by dy/dx, which breaks where dy/dx is 0
# fails: test_dz_dy

# %% twice
def two_slopes(f, g, x):
    """The derivatives of y = f(x) by x and of z = g(y) by y."""
    x = tf.Variable(float(x))
    with tf.GradientTape() as first:
        y = f(x)
    with tf.GradientTape() as second:
        z = g(f(x))
    dy_dx = first.gradient(y, x)
    return dy_dx, second.gradient(z, x) / dy_dx
