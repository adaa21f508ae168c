# why: the mean, not the sum
# fails: test_total

# %% reduce
def total(t):
    return tf.reduce_mean(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.reduce_max(m, axis=0)
