# why: 0 / 0
# fails: test_constant_feature

# %% standardise
def mean_and_spread(x):
    mean = tf.reduce_mean(x, axis=0)
    return mean, tf.sqrt(tf.reduce_mean(tf.square(x - mean), axis=0))

def standard_scores(x, mean, spread):
    return (x - mean) / spread
