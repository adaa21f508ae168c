# why: V itself
# fails: test_force, test_force_at_rest

# %% watch
def force(potential, points):
    return potential(points)
