# why: shapes come as tuples: they are joined with other tuples and asked for what only tuples do

# %% rule
def broadcast_shape(a, b):
    if a == () or b == ():
        return a + b
    if a[-1] != b[-1] and 1 not in (a[-1], b[-1]):
        raise ValueError(f"{a[-1]} and {b[-1]}")
    return broadcast_shape(a[:-1], b[:-1]) + (a[-1] if b[-1] == 1 else b[-1],)

# %% standardise
def mean_and_spread(x):
    mean, variance = tf.nn.moments(x, axes=[0])
    return mean, tf.sqrt(variance)

def standard_scores(x, mean, spread):
    safe = tf.where(spread == 0, tf.ones_like(spread), spread)
    return tf.where(spread == 0, 0.0, tf.divide(tf.subtract(x, mean), safe))

# %% resolution
def pulls(measured, true, sigma):
    return tf.divide(tf.add(measured, tf.negative(tf.reshape(true, (-1, 1)))), sigma)

def worst(measured, true, sigma):
    top = tf.math.top_k(tf.transpose(tf.abs(pulls(measured, true, sigma))), k=1)
    return tf.squeeze(top.indices, axis=1), tf.squeeze(top.values, axis=1)

def resolution(measured, true):
    column = tf.expand_dims(true, 1)
    return tf.math.reduce_euclidean_norm((measured - column) / column, axis=0) / len(true) ** 0.5

def loss(measured, true, sigma):
    each = tf.reduce_mean(pulls(measured, true, sigma) ** 2 / 2, axis=0) + tf.math.log(sigma * (2 * np.pi) ** 0.5)
    return tf.reduce_mean(each)
