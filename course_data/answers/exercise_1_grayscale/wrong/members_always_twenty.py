# why: the number of superclasses is a constant
# fails: test_members_of_any_number

# %% members
def members(fine, coarse):
    return [np.unique(fine[coarse == c]).tolist() for c in range(20)]
