# why: loops, lists and other routes in TensorFlow

# %% counting
def counting(shape, dtype):
    n = 1
    for side in shape:
        n = n * side
    if dtype == "string":
        return tf.reshape(tf.constant([str(k) for k in range(n)]), shape)
    return tf.reshape(tf.constant(list(range(n)), dtype=dtype), shape)

# %% describe
def describe(t):
    size = 1
    for side in t.shape:
        size *= side
    return [size, t.shape, tf.rank(t), t.dtype]

# %% convert
def to_numpy(t):
    return np.asarray(t)

def to_tensor(a):
    return tf.cast(tf.constant(a), tf.float32)

# %% pick
def element(m, row, column):
    return m[row][column]

def last_row(m):
    return m[m.shape[0] - 1]

def skip_first_row(m):
    return tf.slice(m, [1, 0], [-1, -1])

def second_column(m):
    return tf.gather(m, 1, axis=1)

def every_other(m):
    return m[0::2][:, 0::2]

# %% reshape
def flatten_all(t):
    return tf.reshape(t, (tf.size(t),))

def flatten_images(images):
    b, h, w = images.shape
    return tf.reshape(images, (b, h * w))

def swap_axes(m):
    return tf.stack([[m[i, j] for i in range(m.shape[0])] for j in range(m.shape[1])])

# %% products
def elementwise(a, b):
    return tf.multiply(a, b)

def matrix_product(a, b):
    return tf.reduce_sum(a[:, :, None] * b[None, :, :], axis=1)

# %% reduce
def total(t):
    return tf.reduce_sum(tf.reshape(t, [-1]), axis=0)

def row_sums(m):
    return tf.stack([tf.reduce_sum(row) for row in m])

def column_max(m):
    return -tf.reduce_min(-m, axis=0)

# %% decide
def probabilities(scores):
    shifted = scores - tf.reduce_max(scores, axis=1, keepdims=True)
    return tf.exp(shifted) / tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True)

def winners(scores):
    return [int(tf.argmax(row)) for row in scores]

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return tf.stack([row - pedestal for row in raw])

def spot(u, v):
    return tf.tensordot(u, v, axes=0)

# %% rule
def broadcast_shape(a, b):
    if len(a) < len(b):
        a, b = b, a
    b = (1,) * (len(a) - len(b)) + tuple(b)
    if any(x != y and x != 1 and y != 1 for x, y in zip(a, b)):
        raise ValueError("shapes do not fit")
    return tuple(y if x == 1 else x for x, y in zip(a, b))

# %% variables
def account(balance, deposit, withdrawal):
    for d, w in [(deposit, withdrawal)]:
        balance.assign_add(d - w)

def before_and_after(v, new):
    w = tf.identity(v)
    v = v.assign(new)
    return w

# %% uneven
def mean_momentum(events):
    return [sum(event) / len(event) for event in events]

def hit_map(places, charges, shape):
    return tf.scatter_nd(places, charges, shape)
