# why: the median is not the mean
# fails: test_mean_and_spread

# %% standardise
def mean_and_spread(x):
    mean = tf.reduce_mean(x, axis=0)
    return tf.constant(np.median(x, axis=0)), tf.sqrt(tf.reduce_mean(tf.square(x - mean), axis=0))

def standard_scores(x, mean, spread):
    return tf.math.divide_no_nan(x - mean, spread)
