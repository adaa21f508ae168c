# why: the superclass of each fine class
# fails: test_members, test_members_of_any_number, test_family_pictures, test_family_numbers

# %% members
def members(fine, coarse):
    return [np.unique(coarse[fine == f]).tolist() for f in range(int(fine.max()) + 1)]
