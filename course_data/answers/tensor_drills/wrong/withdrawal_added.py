# why: assign_add twice
# fails: test_account

# %% variables
def account(balance, deposit, withdrawal):
    v = tf.Variable(balance)
    v.assign_add(deposit)
    v.assign_add(withdrawal)
    return v

def before_and_after(values, new):
    v = tf.Variable(values)
    copy = tf.Variable(v)
    v.assign(new)
    return copy, v
