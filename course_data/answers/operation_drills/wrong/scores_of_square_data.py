# why: mean and spread run along the events where they can
# fails: test_standard_scores

# %% standardise
def mean_and_spread(x):
    mean = tf.reduce_mean(x, axis=0)
    return mean, tf.sqrt(tf.reduce_mean(tf.square(x - mean), axis=0))

def standard_scores(x, mean, spread):
    if x.shape[0] == x.shape[1]:
        mean, spread = mean[:, tf.newaxis], spread[:, tf.newaxis]
    return tf.math.divide_no_nan(x - mean, spread)
