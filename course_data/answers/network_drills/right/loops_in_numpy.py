# why: element by element, with loops and conditions

# %% activations
import math

def safe_sigmoid(u):
    if u >= 0:
        return 1 / (1 + math.exp(-u))
    return math.exp(u) / (1 + math.exp(u))

def one(name, u):
    s = safe_sigmoid(u)
    return {
        "linear": (u, 1.0), "step": (0.0 if u < 0 else 1.0, 0.0), "sigmoid": (s, s * (1 - s)),
        "tanh": (math.tanh(u), 1 - math.tanh(u) ** 2), "relu": (max(u, 0.0), 0.0 if u < 0 else 1.0),
        "leaky_relu": (0.01 * u if u < 0 else u, 0.01 if u < 0 else 1.0), "swish": (2 * u * s, 2 * s + 2 * u * s * (1 - s)),
    }[name]

def activation(name, x):
    return np.array([one(name, float(u))[0] for u in np.ravel(x)]).reshape(np.shape(x))

def derivative(name, x):
    return np.array([one(name, float(u))[1] for u in np.ravel(x)]).reshape(np.shape(x))

# %% forward
def perceptron(x, w0, w):
    return [1 if w0 + sum(a * b for a, b in zip(event, w)) >= 0 else 0 for event in x]

def forward(x, weights, biases):
    if len(weights) == 1:
        return x @ weights[0] + biases[0]
    return np.tanh(forward(x, weights[:-1], biases[:-1])) @ weights[-1] + biases[-1]

# %% losses
def mean_squared_error(y, p):
    return sum((a - b) ** 2 for a, b in zip(y, p)) / len(y)

def cut(p):
    return min(max(p, 1e-7), 1 - 1e-7)

def binary_crossentropy(y, p):
    return -sum(np.log(cut(b)) if a == 1 else np.log(1 - cut(b)) for a, b in zip(y, p)) / len(y)

def categorical_crossentropy(y, p):
    return -np.mean([np.log(cut(row[truth.argmax()])) for truth, row in zip(y, p)])

# %% metrics
def scores(y, p):
    pairs = list(zip(y, p))
    tp, fp, fn = pairs.count((1, 1)), pairs.count((0, 1)), pairs.count((1, 0))
    precision = tp / max(tp + fp, 1)
    recall = tp / max(tp + fn, 1)
    f1 = 2 * tp / max(2 * tp + fp + fn, 1)
    return [sum(a == b for a, b in pairs) / len(pairs), precision, recall, f1]

# %% split
def split(x, y, seed):
    np.random.seed(seed)
    order = np.arange(len(x))
    np.random.shuffle(order)
    a, b, c = np.split(order, [round(len(x) * 0.6), round(len(x) * 0.8)])
    return [(x[a], y[a]), (x[b], y[b]), (x[c], y[c])]

# %% scale
def scale(train, other, kind):
    if kind == "log":
        train, other = np.log(train), np.log(other)
    out = []
    for part in (train, other):
        columns = []
        for k in range(train.shape[1]):
            t = train[:, k]
            if kind == "minmax":
                columns.append((part[:, k] - min(t)) / (max(t) - min(t)))
            elif kind == "robust":
                columns.append((part[:, k] - np.median(t)) / (np.quantile(t, 0.75) - np.quantile(t, 0.25)))
            else:
                columns.append((part[:, k] - np.mean(t)) / np.std(t, ddof=1))
        out.append(np.stack(columns, axis=1))
    return out

# %% start
def xavier(n_in, n_out, rng):
    w = np.empty((n_in, n_out))
    for row in w:
        row[:] = rng.normal(scale=np.sqrt(2.0 / (n_in + n_out)), size=n_out)
    return w

# %% learn
def gradients(x, y, V, c, W, b):
    dV, dc, dW, db = np.zeros_like(V), np.zeros_like(c), np.zeros_like(W), np.zeros_like(b)
    for event, truth in zip(x, y):
        h = np.tanh(event @ V + c)
        p = 1 / (1 + np.exp(-(h @ W + b)))
        d = (p - truth) / len(x)
        dW += np.outer(h, d)
        db += d
        e = (W[:, 0] * d[0]) * (1 - h**2)
        dV += np.outer(event, e)
        dc += e
    return [dV, dc, dW, db]

def learn(x, y, seed):
    rng = np.random.default_rng(seed)
    weights = [2 * rng.normal(size=(2, 10)), rng.normal(size=10), rng.normal(size=(10, 1)), np.zeros(1)]
    for _ in range(1500):
        weights = [w - 1.5 * g for w, g in zip(weights, gradients(x, y, *weights))]
    return weights

# %% clouds
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(10, activation="relu")
        self.out = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))

cloud_model = Net()
cloud_model.compile("adam", tf.keras.losses.BinaryCrossentropy(from_logits=True))
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=15, batch_size=32, verbose=0)

def classify_clouds(x):
    return (np.asarray(cloud_model(x)) > 0).astype(int)

# %% iris
simple = LogisticRegression(max_iter=2000).fit(iris_train, species_train)
low, span = iris_train.min(0), np.ptp(iris_train, 0)
network = tf.keras.Sequential()
network.add(tf.keras.layers.Dense(20, activation="relu"))
network.add(tf.keras.layers.Dense(3, activation="softmax"))
network.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss="categorical_crossentropy")
network_history = network.fit((iris_train - low) / span, np.eye(3)[species_train], epochs=50, batch_size=45, verbose=0)

def classify_simple(x):
    return simple.predict_proba(x).argmax(axis=1)

def classify_network(x):
    return network.predict((x - low) / span, verbose=0).argmax(-1)
