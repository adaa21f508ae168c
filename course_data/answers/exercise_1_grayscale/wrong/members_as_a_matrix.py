# why: an array that needs groups of one size
# fails: test_members_of_any_number

# %% members
def members(fine, coarse):
    return np.array([np.unique(fine[coarse == c])[:5] for c in range(coarse.max() + 1)]).reshape(-1, 5).tolist()
