# why: 0.15 still gets there
# fails: test_too_large

# %% rates
too_small = 0.001
good = 0.1
too_large = 0.15
