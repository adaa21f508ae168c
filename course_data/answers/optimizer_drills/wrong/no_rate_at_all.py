# why: zero is no rate
# fails: test_too_small

# %% rates
too_small = 0.0
good = 0.1
too_large = 0.3
