# why: a rate that leaves more than half of x because it jumps across the minimum in each step
# fails: test_too_small

# %% rates
too_small, good, too_large = 0.199, 0.1, 0.25
