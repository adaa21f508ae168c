# why: one tape alone
# fails: test_curvature

# %% curvature
def curvature(potential, r):
    r = tf.Variable(float(r))
    with tf.GradientTape() as tape:
        v = potential(r)
    return tape.gradient(v, r)
