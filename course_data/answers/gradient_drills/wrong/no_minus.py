# why: the slope, not the force
# fails: test_force

# %% watch
def force(potential, points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        v = tf.reduce_sum(potential(points))
    return tape.gradient(v, points)
