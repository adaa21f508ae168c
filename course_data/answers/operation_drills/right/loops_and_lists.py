# why: loops, lists and other routes in TensorFlow

# %% products
def elementwise(a, b):
    return tf.multiply(a, b)

def matrix_product(a, b):
    return tf.reduce_sum(a[:, :, None] * b[None, :, :], axis=1)

def masked_scores(images, mask, weights):
    scores = []
    for image in images:
        masked = tf.reshape(tf.multiply(image, mask), (1, -1))
        scores.append(tf.matmul(masked, weights)[0])
    return tf.stack(scores)

# %% reduce
def total(t):
    return tf.reduce_sum(tf.reshape(t, [-1]), axis=0)

def row_sums(m):
    return tf.stack([tf.reduce_sum(row) for row in m])

def column_max(m):
    return -tf.reduce_min(-m, axis=0)

def centre(images):
    found = []
    for image in np.asarray(images):
        charge = row = column = 0.0
        for i in range(image.shape[0]):
            for j in range(image.shape[1]):
                charge += image[i, j]
                row += i * image[i, j]
                column += j * image[i, j]
        found.append([row / charge, column / charge])
    return found

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

# %% standardise
def mean_and_spread(x):
    mean = tf.add_n([row for row in x]) / x.shape[0]
    square = tf.add_n([(row - mean) ** 2 for row in x]) / x.shape[0]
    return [mean, square ** 0.5]

def standard_scores(x, mean, spread):
    columns = []
    for j in range(x.shape[1]):
        if float(spread[j]) == 0:
            columns.append(tf.zeros(x.shape[0]))
        else:
            columns.append((x[:, j] - mean[j]) / spread[j])
    return tf.stack(columns, axis=1)

# %% resolution
def pulls(measured, true, sigma):
    return tf.stack([(row - t) / sigma for row, t in zip(measured, true)])

def worst(measured, true, sigma):
    events, sizes = [], []
    for column in tf.transpose(pulls(measured, true, sigma)):
        p = [abs(float(value)) for value in column]
        sizes.append(max(p))
        events.append(p.index(max(p)))
    return events, sizes

def resolution(measured, true):
    return [
        (sum(((float(m) - float(t)) / float(t)) ** 2 for m, t in zip(column, true)) / len(true)) ** 0.5
        for column in tf.transpose(measured)
    ]

def loss(measured, true, sigma):
    density = tf.exp(-tf.cast(pulls(measured, true, sigma), tf.float64) ** 2 / 2)
    density = density / (tf.cast(sigma, tf.float64) * np.sqrt(2 * np.pi))
    return float(-tf.reduce_mean(tf.math.log(density)))
