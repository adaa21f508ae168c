# why: axis 0 where 1 is meant
# fails: test_row_sums

# %% reduce
def total(t):
    return tf.reduce_sum(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=0)

def column_max(m):
    return tf.reduce_max(m, axis=0)
