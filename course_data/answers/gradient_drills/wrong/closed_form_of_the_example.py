# why: formulas of the notebook's example, whatever f is
# fails: test_slope

# %% slope
def slope_of(f, x):
    return 3 * x**2 - 2 + np.cos(x)
