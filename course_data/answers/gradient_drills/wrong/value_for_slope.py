# why: f instead of f'
# fails: test_slope

# %% slope
def slope(x):
    return x**3 - 2 * x + np.sin(x)
