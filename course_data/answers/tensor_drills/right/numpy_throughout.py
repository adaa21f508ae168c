# why: NumPy wherever it is allowed

# %% counting
def counting(shape, dtype):
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    if dtype == "string":
        return tf.constant(numbers.astype(str))
    return tf.constant(numbers.astype(dtype))

# %% describe
def describe(t):
    a = np.asarray(t)
    return a.size, a.shape, a.ndim, str(a.dtype)

# %% convert
def to_numpy(t):
    return np.array(t)

def to_tensor(a):
    return tf.convert_to_tensor(np.asarray(a, np.float32))

# %% pick
def element(m, row, column):
    return float(np.asarray(m)[row][column])

def last_row(m):
    return np.asarray(m)[-1]

def skip_first_row(m):
    return np.asarray(m)[1:]

def second_column(m):
    return np.asarray(m).T[1]

def every_other(m):
    return np.asarray(m)[::2, ::2]

# %% reshape
def flatten_all(t):
    return np.ravel(t)

def flatten_images(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1)

def swap_axes(m):
    return np.asarray(m).T

# %% products
def elementwise(a, b):
    return np.multiply(a, b)

def matrix_product(a, b):
    return np.dot(a, b)

# %% reduce
def total(t):
    return np.sum(t)

def row_sums(m):
    return np.sum(m, axis=-1)

def column_max(m):
    return np.asarray(m).max(axis=0)

# %% decide
def probabilities(scores):
    z = np.asarray(scores, np.float64)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def winners(scores):
    return np.argmax(scores, axis=1)

# %% broadcast
def subtract_pedestal(raw, pedestal):
    return np.asarray(raw) - np.asarray(pedestal)

def spot(u, v):
    return np.outer(u, v)

# %% rule
def broadcast_shape(a, b):
    a, b = list(a)[::-1], list(b)[::-1]
    out = []
    for k in range(max(len(a), len(b))):
        x = a[k] if k < len(a) else 1
        y = b[k] if k < len(b) else 1
        if x == y or y == 1:
            out.insert(0, x)
        elif x == 1:
            out.insert(0, y)
        else:
            raise ValueError("no")
    return out

# %% variables
def account(balance, deposit, withdrawal):
    balance.assign(balance + deposit - withdrawal)
    return balance

def before_and_after(v, new):
    copy = v.numpy().copy()
    v.assign(new)
    return copy

# %% uneven
def mean_momentum(events):
    return np.array([np.mean(event) for event in events], np.float32)

def hit_map(places, charges, shape):
    out = np.zeros(shape, np.float32)
    for (row, column), charge in zip(np.asarray(places), np.asarray(charges)):
        out[row, column] = charge
    return out
