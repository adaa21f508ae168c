# why: the points are not watched
# fails: test_force, test_force_at_rest

# %% watch
def force(potential, points):
    with tf.GradientTape() as tape:
        v = tf.reduce_sum(potential(points))
    return -tape.gradient(v, points)
