# why: one number for all points
# fails: test_force, test_force_at_rest

# %% watch
def force(potential, points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        v = tf.reduce_sum(potential(points))
    return -tf.reduce_sum(tape.gradient(v, points))
