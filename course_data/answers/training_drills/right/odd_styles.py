# why: masks in place of places, a small number in each width, the initializer of Keras, Cholesky for eigenvectors

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
    width = np.where(train.max(0) == train.min(0), 1, width + 1e-7)
    return (train - shift) / width, (other - shift) / width

# %% whiten
def whiten(train, other):
    lower = np.linalg.cholesky(np.linalg.inv(np.cov(train.T)))
    return (train - train.mean(0)) @ lower, (other - train.mean(0)) @ lower

# %% start
def xavier(n_in, n_out, rng, kind="normal"):
    seed = int(rng.integers(2**31))
    draw = tf.keras.initializers.GlorotUniform(seed) if kind == "uniform" else tf.keras.initializers.GlorotNormal(seed)
    return draw((n_in, n_out)).numpy()

def variances(x, factor, activation, rng):
    def layers(x, count):
        if count == 0:
            return []
        z = factor * (x @ xavier(x.shape[1], x.shape[1], rng))
        z = np.tanh(z) if activation == "tanh" else np.where(z > 0, z, 0)
        return [z.std() ** 2, *layers(z, count - 1)]

    return layers(x, 10)
