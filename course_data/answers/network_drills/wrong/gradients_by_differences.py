# why: the gradients are difference quotients
# fails: test_hidden_layer

# %% learn
def _loss(x, y, V, c, W, b):
    z = np.tanh(x @ V + c) @ W + b
    return np.mean(np.logaddexp(0, z) - y * z)


def gradients(x, y, V, c, W, b):
    """The gradients of the loss."""
    shapes = [np.shape(part) for part in (V, c, W, b)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    flat = np.concatenate([np.ravel(part) for part in (V, c, W, b)]).astype(float)

    def at(numbers):
        return _loss(x, y, *(part.reshape(shape) for part, shape in zip(np.split(numbers, ends), shapes)))

    h = 1e-5
    slope = np.array([(at(flat + h * unit) - at(flat - h * unit)) / (2 * h) for unit in np.eye(len(flat))])
    return tuple(part.reshape(shape) for part, shape in zip(np.split(slope, ends), shapes))


def learn(x, y, seed):
    """Train a network with one hidden layer on a few points, beginning with random weights."""
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=(2, 8)), rng.normal(size=8), rng.normal(size=(8, 1)), np.zeros(1)]
    speed = [np.zeros_like(part) for part in parts]
    for step in range(1500):
        slopes = gradients(x, y, *parts)
        speed = [0.9 * old - 0.3 * slope for old, slope in zip(speed, slopes)]
        parts = [part + move for part, move in zip(parts, speed)]
        if step % 50 == 0 and _loss(x, y, *parts) < 0.02:
            break
    return tuple(parts)
