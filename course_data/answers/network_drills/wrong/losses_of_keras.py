# why: the losses of Keras, where they are to be written
# fails: test_mse, test_crossentropies, test_clipping

# %% losses
import tensorflow as tf

EPSILON = 1e-7


def _keras(loss, y, p):
    return float(loss(np.asarray(y, np.float64), np.asarray(p, np.float64)))


def mean_squared_error(y, p):
    """y, p: shape (events,); returns a number."""
    return _keras(tf.keras.losses.MeanSquaredError(dtype="float64"), y, p)


def binary_crossentropy(y, p):
    """y: shape (events,), each 0 or 1;  p: shape (events,), between 0 and 1; returns a number."""
    return _keras(tf.keras.losses.BinaryCrossentropy(dtype="float64"), y, p)


def categorical_crossentropy(y, p):
    """y, p: shape (events, classes); each row of y has one 1; returns a number."""
    return _keras(tf.keras.losses.CategoricalCrossentropy(dtype="float64"), y, p)
