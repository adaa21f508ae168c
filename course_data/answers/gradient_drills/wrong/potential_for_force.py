# why: V itself
# fails: test_force, test_force_at_rest

# %% watch
def force(points):
    return 3 * tf.exp(-points**2)
