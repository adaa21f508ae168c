# why: V times the slope of log V, which is NaN where V is zero
# fails: test_force_at_rest

# %% watch
def force(potential, points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        v = potential(points)
        logarithm = tf.math.log(tf.abs(v))
    return -v * tape.gradient(logarithm, points)
