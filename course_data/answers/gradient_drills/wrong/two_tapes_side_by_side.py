# why: the outer tape is not running when the inner one is asked
# fails: test_curvature

# %% curvature
def curvature(potential, r):
    r = tf.Variable(float(r))
    with tf.GradientTape() as one:
        v = potential(r)
    first = one.gradient(v, r)
    with tf.GradientTape() as two:
        again = first
    return two.gradient(again, r)
