# why: one number for all points
# fails: test_force, test_force_at_rest

# %% watch
def force(points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        v = tf.reduce_sum(3 * tf.exp(-points**2))
    return -tf.reduce_sum(tape.gradient(v, points))
