# why: w = v is no copy
# fails: test_copy

# %% variables
def account(balance, deposit, withdrawal):
    v = tf.Variable(balance)
    v.assign_add(deposit - withdrawal)
    return v

def before_and_after(values, new):
    v = tf.Variable(values)
    copy = v
    v.assign(new)
    return copy, v
