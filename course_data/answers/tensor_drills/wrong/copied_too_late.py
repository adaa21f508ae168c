# why: copies after the change
# fails: test_copy

# %% variables
def account(balance, deposit, withdrawal):
    v = tf.Variable(balance)
    v.assign_add(deposit - withdrawal)
    return v

def before_and_after(values, new):
    v = tf.Variable(values)
    v.assign(new)
    return tf.Variable(v), v
