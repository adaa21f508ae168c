# why: sums instead of means
# fails: test_mean_momentum

# %% uneven
def mean_momentum(events):
    return tf.reduce_sum(tf.ragged.constant(events), axis=1)

def hit_map(places, charges, shape):
    return tf.scatter_nd(places, charges, shape)
