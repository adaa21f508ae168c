# why: in the order in which the pictures come
# fails: test_members

# %% members
def members(fine, coarse):
    return [list(dict.fromkeys(fine[coarse == c].tolist())) for c in range(int(coarse.max()) + 1)]
