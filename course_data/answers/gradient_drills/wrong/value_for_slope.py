# why: f instead of f'
# fails: test_slope

# %% slope
def slope_of(f, x):
    return f(x)
