# why: column first
# fails: test_hit_map

# %% uneven
def mean_momentum(events):
    return [np.mean(e) for e in events]

def hit_map(places, charges, shape):
    return tf.scatter_nd(np.asarray(places)[:, ::-1], charges, shape[::-1])
