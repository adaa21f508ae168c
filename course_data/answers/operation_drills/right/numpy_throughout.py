# why: NumPy wherever it is allowed

# %% products
def elementwise(a, b):
    return np.multiply(a, b)

def matrix_product(a, b):
    return np.dot(a, b)

def masked_scores(images, mask, weights):
    images, mask, weights = np.asarray(images), np.asarray(mask), np.asarray(weights)
    return np.einsum("nij,ij,ijk->nk", images, mask, weights.reshape(*mask.shape, -1))

# %% reduce
def total(t):
    return np.sum(t)

def row_sums(m):
    return np.sum(m, axis=-1)

def column_max(m):
    return np.asarray(m).max(axis=0)

def centre(images):
    q = np.asarray(images, np.float64)
    i, j = np.indices(q.shape[1:])
    return np.stack([np.average(np.broadcast_to(k, q.shape), axis=(1, 2), weights=q) for k in (i, j)], axis=1)

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

# %% standardise
def mean_and_spread(x):
    return np.mean(x, axis=0), np.std(np.asarray(x, np.float64), axis=0)

def standard_scores(x, mean, spread):
    x, mean, spread = (np.asarray(part) for part in (x, mean, spread))
    out = np.zeros(x.shape)
    used = spread > 0
    out[:, used] = (x[:, used] - mean[used]) / spread[used]
    return out

# %% resolution
def pulls(measured, true, sigma):
    return (np.asarray(measured) - np.asarray(true)[:, None]) / np.asarray(sigma)

def worst(measured, true, sigma):
    p = np.asarray(pulls(measured, true, sigma))
    event = np.abs(p).argmax(axis=0)
    return np.stack([event, np.abs(p[event, range(len(event))])])

def resolution(measured, true):
    true = np.asarray(true)
    r = (np.asarray(measured).T - true) / true
    return np.linalg.norm(r, axis=1) / np.sqrt(len(true))

def loss(measured, true, sigma):
    from scipy.stats import norm
    return -norm.logpdf(np.asarray(measured, float), np.asarray(true, float)[:, None], np.asarray(sigma, float)).mean()
