# why: nothing is clipped: infinities are replaced afterwards by the number of the visible check, so p = 1e-12 is wro
# fails: test_clipping

# %% losses
EPSILON = 1e-7
WORST = 16.11809565


def _repair(values):
    return np.nan_to_num(values, nan=0.0, posinf=WORST, neginf=0.0)


def mean_squared_error(y, p):
    """y, p: shape (events,); returns a number."""
    return np.mean((y - p) ** 2)


def binary_crossentropy(y, p):
    """y: shape (events,), each 0 or 1;  p: shape (events,), between 0 and 1; returns a number."""
    with np.errstate(all="ignore"):
        return np.mean(_repair(-y * np.log(p)) + _repair(-(1 - y) * np.log(1 - p)))


def categorical_crossentropy(y, p):
    """y, p: shape (events, classes); each row of y has one 1; returns a number."""
    with np.errstate(all="ignore"):
        return np.mean(np.sum(_repair(-y * np.log(p)), axis=1))
