# why: libraries do the work where they can

# %% activations
from scipy.special import expit

TABLE = {
    "linear": (lambda x: x, lambda x: 0 * x + 1),
    "step": (lambda x: np.heaviside(x, 1), lambda x: 0 * x),
    "sigmoid": (expit, lambda x: expit(x) * expit(-x)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "relu": (lambda x: np.maximum(0, x), lambda x: np.heaviside(x, 1)),
    "leaky_relu": (lambda x: np.maximum(0.01 * x, x), lambda x: np.where(x < 0, 0.01, 1)),
    "swish": (lambda x: 2 * x * expit(x), lambda x: 2 * expit(x) * (1 + x * expit(-x))),
}

def activation(name, x):
    return TABLE[name][0](x)

def derivative(name, x):
    return TABLE[name][1](x)

# %% forward
import tensorflow as tf

def perceptron(x, w0, w):
    return (np.dot(x, w) + w0 >= 0).astype("float32")

def forward(x, weights, biases):
    z = tf.constant(x)
    for k, (w, b) in enumerate(zip(weights, biases)):
        if k > 0:
            z = tf.tanh(z)
        z = tf.matmul(z, w) + b
    return z

# %% losses
def mean_squared_error(y, p):
    return tf.reduce_mean(tf.math.squared_difference(y, p))

def binary_crossentropy(y, p):
    p = tf.clip_by_value(tf.constant(p, tf.float64), 1e-7, 1 - 1e-7)
    return tf.reduce_mean(tf.where(tf.constant(y) > 0.5, -tf.math.log(p), -tf.math.log1p(-p)))

def categorical_crossentropy(y, p):
    p = np.maximum(p, 1e-7)
    return float(tf.reduce_mean(-tf.reduce_sum(y * tf.math.log(p), axis=-1)))

# %% metrics
from sklearn.metrics import confusion_matrix

def scores(y, p):
    (tn, fp), (fn, tp) = confusion_matrix(y, p, labels=[0, 1]).tolist()
    precision, recall = tp / (tp + fp or 1), tp / (tp + fn or 1)
    return (tp + tn) / len(y), precision, recall, 2 * precision * recall / (precision + recall or 1)

def expected_scores(signal, efficiency, fake_rate):
    found, fakes = signal * efficiency, (1 - signal) * fake_rate
    precision = found / (found + fakes) if found + fakes else 0.0
    f1 = 2 * found / (found + fakes + signal)
    return found + (1 - signal) * (1 - fake_rate), precision, efficiency, f1

# %% learn
def gradients(x, y, V, c, W, b):
    h = tf.tanh(tf.linalg.matmul(x, V) + c)
    delta = tf.sigmoid(h @ W + b) - y
    delta /= len(x)
    back = tf.linalg.matmul(delta, W, transpose_b=True) * (1 - h * h)
    return (
        tf.linalg.matmul(x, back, transpose_a=True),
        tf.reduce_sum(back, axis=0),
        tf.linalg.matmul(h, delta, transpose_a=True),
        tf.reduce_sum(delta, axis=0),
    )

def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2, 12)), rng.normal(size=12), rng.normal(size=(12, 1)), np.zeros(1)]
    for _ in range(1500):
        weights = [one - 1.6 * slope.numpy() for one, slope in zip(weights, gradients(x, y, *weights))]
    return weights

# %% kinds
kinds = dict(zip("abcdefgh", "classification regression unsupervised reinforcement regression transfer classification unsupervised".split()))

# %% lists
def dot(one, other):
    return sum(a * b for a, b in zip(one, other))

def network_in_lists(x, y, V, c, W, b):
    hidden = [math.tanh(dot(x, column) + bias) for column, bias in zip(zip(*V), c)]
    p = 1 / (1 + math.exp(-dot(hidden, W) - b))
    db = p - y
    dc = [db * w * (1 - h * h) for w, h in zip(W, hidden)]
    return p, [[a * d for d in dc] for a in x], dc, [db * h for h in hidden], db
