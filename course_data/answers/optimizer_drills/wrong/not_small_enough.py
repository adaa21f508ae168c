# why: 0.05 is no small rate
# fails: test_too_small

# %% rates
too_small = 0.05
good = 0.1
too_large = 0.3
