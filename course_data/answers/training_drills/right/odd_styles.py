# why: masks in place of places, a small number in each width, and the initializer of Keras

# %% split
def split(x, y, seed):
    place = np.random.default_rng(seed).permutation(len(x)) / len(x)
    masks = place < 0.6, (place >= 0.6) & (place < 0.8), place >= 0.8
    return [(x[mask], y[mask]) for mask in masks]

# %% scale
def scale(train, other, kind):
    if kind == "log":
        train, other, kind = np.log(train), np.log(other), "standard"
    quarter, middle, three = np.quantile(train, [0.25, 0.5, 0.75], axis=0)
    shift, width = {
        "standard": (np.mean(train, 0), np.std(train, 0)),
        "minmax": (np.min(train, 0), np.max(train, 0) - np.min(train, 0)),
        "robust": (middle, three - quarter),
    }[kind]
    return (train - shift) / (width + 1e-7), (other - shift) / (width + 1e-7)

# %% start
def xavier(n_in, n_out, rng):
    draw = tf.keras.initializers.GlorotNormal(seed=int(rng.integers(2**31)))
    return draw((n_in, n_out)).numpy()
