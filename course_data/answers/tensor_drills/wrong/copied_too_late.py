# why: copies after the change
# fails: test_copy

# %% variables
def account(balance, deposit, withdrawal):
    balance.assign_add(deposit - withdrawal)

def before_and_after(v, new):
    v.assign(new)
    return tf.Variable(v)
