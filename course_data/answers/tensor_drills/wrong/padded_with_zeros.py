# why: the missing places count as zeros
# fails: test_mean_momentum

# %% uneven
def mean_momentum(events):
    return tf.reduce_mean(tf.ragged.constant(events).to_tensor(), axis=1)

def hit_map(places, charges, shape):
    return tf.scatter_nd(places, charges, shape)
