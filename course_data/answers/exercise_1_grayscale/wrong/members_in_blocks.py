# why: five after five, as if the fine labels were sorted by superclass
# fails: test_members, test_members_of_any_number, test_family_pictures

# %% members
def members(fine, coarse):
    return np.arange(100).reshape(20, 5).tolist()
