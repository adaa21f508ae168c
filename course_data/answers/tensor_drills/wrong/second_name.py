# why: w = v is no copy
# fails: test_copy

# %% variables
def account(balance, deposit, withdrawal):
    balance.assign_add(deposit - withdrawal)

def before_and_after(v, new):
    copy = v
    v.assign(new)
    return copy
