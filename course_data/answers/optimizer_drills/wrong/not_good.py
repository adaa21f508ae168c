# why: 0.02 needs more steps
# fails: test_good

# %% rates
too_small = 0.001
good = 0.02
too_large = 0.3
