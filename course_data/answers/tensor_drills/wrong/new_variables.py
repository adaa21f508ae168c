# why: new variables in place of assign
# fails: test_account, test_copy

# %% variables
def account(balance, deposit, withdrawal):
    return tf.Variable(balance + deposit - withdrawal)

def before_and_after(v, new):
    return tf.Variable(v), tf.Variable(new)
