# why: 0.2 swings for ever, but no farther
# fails: test_too_large

# %% rates
too_small = 0.001
good = 0.1
too_large = 0.2
