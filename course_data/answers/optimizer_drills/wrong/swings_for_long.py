# why: 0.19 swings from side to side
# fails: test_good

# %% rates
too_small = 0.001
good = 0.19
too_large = 0.3
