# why: assign_add twice
# fails: test_account

# %% variables
def account(balance, deposit, withdrawal):
    balance.assign_add(deposit)
    balance.assign_add(withdrawal)

def before_and_after(v, new):
    copy = tf.Variable(v)
    v.assign(new)
    return copy
