# why: ones instead of the charges
# fails: test_hit_map

# %% uneven
def mean_momentum(events):
    return [np.mean(e) for e in events]

def hit_map(places, charges, shape):
    return tf.scatter_nd(places, tf.ones_like(charges), shape)
