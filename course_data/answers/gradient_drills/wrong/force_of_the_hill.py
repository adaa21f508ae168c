# why: the formula of the example, whatever the potential is
# fails: test_force

# %% watch
def force(potential, points):
    return 6 * points * tf.exp(-(points**2))
