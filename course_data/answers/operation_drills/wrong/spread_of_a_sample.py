# why: n - 1 in place of n
# fails: test_mean_and_spread, test_large_mean

# %% standardise
def mean_and_spread(x):
    mean = tf.reduce_mean(x, axis=0)
    return mean, tf.sqrt(tf.reduce_sum(tf.square(x - mean), axis=0) / (x.shape[0] - 1))

def standard_scores(x, mean, spread):
    return tf.math.divide_no_nan(x - mean, spread)
