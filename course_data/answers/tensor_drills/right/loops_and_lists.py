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

# %% folder
import os

def image_batches(folder, classes, size, batch):
    def read():
        for label, name in enumerate(classes):
            for file in sorted(os.listdir(os.path.join(folder, name))):
                image = plt.imread(os.path.join(folder, name, file))
                yield tf.image.resize(image, size), label
    signature = (tf.TensorSpec((*size, 3), tf.float32), tf.TensorSpec((), tf.int64))
    return tf.data.Dataset.from_generator(read, output_signature=signature).batch(batch).prefetch(1)
