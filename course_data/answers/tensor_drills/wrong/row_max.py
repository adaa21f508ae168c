# why: axis 1 where 0 is meant
# fails: test_column_max

# %% reduce
def total(t):
    return tf.reduce_sum(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.reduce_max(m, axis=1)
