# why: the points are not watched
# fails: test_force, test_force_at_rest

# %% watch
def force(points):
    with tf.GradientTape() as tape:
        v = tf.reduce_sum(3 * tf.exp(-points**2))
    return -tape.gradient(v, points)
