# why: shapes come as tuples: they are joined with other tuples and asked for what only tuples do

# %% counting
def counting(shape, dtype):
    count = len(np.zeros((1,) + shape).ravel())
    if dtype == "string":
        return tf.reshape([str(k) for k in range(count)], shape)
    return tf.reshape(tf.cast(np.arange(count), dtype), shape)

# %% rule
def broadcast_shape(a, b):
    if a == () or b == ():
        return a + b
    if a[-1] != b[-1] and 1 not in (a[-1], b[-1]):
        raise ValueError(f"{a[-1]} and {b[-1]}")
    return broadcast_shape(a[:-1], b[:-1]) + (a[-1] if b[-1] == 1 else b[-1],)

# %% uneven
def mean_momentum(events):
    return tf.stack([tf.reduce_mean(event) for event in events])

def hit_map(places, charges, shape):
    flat = np.zeros(shape + (1,), np.float32)
    flat[places[:, 0], places[:, 1], 0] = charges
    return flat[..., 0]
