# why: the arguments are ignored
# fails: test_members, test_members_of_any_number

# %% members
def members(fine, coarse):
    return [np.unique(fine_train[coarse_train == c]).tolist() for c in range(20)]
