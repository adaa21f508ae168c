# why: the outer tape is not running when the inner one is asked
# fails: test_curvature

# %% curvature
def curvature(r):
    r = tf.Variable(float(r))
    with tf.GradientTape() as one:
        v = r**-12 - 2 * r**-6
    first = one.gradient(v, r)
    with tf.GradientTape() as two:
        again = first
    return two.gradient(again, r)
