# why: sums the first axis alone
# fails: test_total

# %% reduce
def total(t):
    return tf.reduce_sum(t, axis=0) if t.ndim else t

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.reduce_max(m, axis=0)
