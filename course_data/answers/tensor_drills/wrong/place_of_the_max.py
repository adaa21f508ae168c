# why: argmax is a place
# fails: test_column_max

# %% reduce
def total(t):
    return tf.reduce_sum(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.argmax(m, axis=0)
