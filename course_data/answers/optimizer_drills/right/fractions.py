# why: exact fractions, each computed from the factor by which one step should multiply x

# %% rates
from fractions import Fraction

# x is multiplied by q = 1 - 10 rate in each step, so rate = (1 - q) / 10.
too_small, good, too_large = ((1 - q) / 10 for q in (Fraction(99, 100), Fraction(0), Fraction(-3, 2)))
