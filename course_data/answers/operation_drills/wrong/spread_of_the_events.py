# why: mean and spread of the rows
# fails: test_mean_and_spread, test_large_mean

# %% standardise
def mean_and_spread(x):
    mean = tf.reduce_mean(x, axis=1)
    return mean, tf.sqrt(tf.reduce_mean(tf.square(x - mean[:, tf.newaxis]), axis=1))

def standard_scores(x, mean, spread):
    return tf.math.divide_no_nan(x - mean, spread)
