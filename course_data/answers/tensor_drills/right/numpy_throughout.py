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

# %% folder
from pathlib import Path
from PIL import Image

def image_batches(folder, classes, size, batch):
    """All images are read at once: the folder is small."""
    images, labels = [], []
    for name in classes:
        for file in sorted(Path(folder, name).iterdir()):
            pixels = np.asarray(Image.open(file)).astype(np.float32)
            images.append(tf.image.resize(pixels / 255.0, size).numpy())
            labels.append(classes.index(name))
    return tf.data.Dataset.from_tensor_slices((np.array(images), np.array(labels))).batch(batch)
