# why: a new tensor instead of the variable
# fails: test_account

# %% variables
def account(balance, deposit, withdrawal):
    return balance + deposit - withdrawal

def before_and_after(v, new):
    copy = tf.Variable(v)
    v.assign(new)
    return copy
