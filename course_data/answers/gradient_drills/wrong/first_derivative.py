# why: one tape alone
# fails: test_curvature

# %% curvature
def curvature(r):
    r = tf.Variable(float(r))
    with tf.GradientTape() as tape:
        v = r**-12 - 2 * r**-6
    return tape.gradient(v, r)
