# why: the slope, not the force
# fails: test_force

# %% watch
def force(points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        v = tf.reduce_sum(3 * tf.exp(-points**2))
    return tape.gradient(v, points)
