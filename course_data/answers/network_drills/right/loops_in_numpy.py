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

def expected_scores(signal, efficiency, fake_rate):
    found, fakes = signal * efficiency, (1 - signal) * fake_rate
    precision = found / (found + fakes) if found + fakes else 0.0
    f1 = 2 * found / (found + fakes + signal)
    return found + (1 - signal) * (1 - fake_rate), precision, efficiency, f1

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

# %% kinds
kinds = {}
for letter in "ag":
    kinds[letter] = "classification"
for letter in "be":
    kinds[letter] = "regression"
for letter in "ch":
    kinds[letter] = "unsupervised"
kinds["d"], kinds["f"] = "reinforcement", "transfer"

# %% lists
def network_in_lists(x, y, V, c, W, b):
    dV, dc, dW, out = [[] for _ in x], [], [], b
    h = []
    for j, bias in enumerate(c):
        total = bias
        for i, value in enumerate(x):
            total = total + value * V[i][j]
        up, down = math.exp(total), math.exp(-total)
        h.append((up - down) / (up + down))
        out = out + h[j] * W[j]
    p = (1 + math.tanh(out / 2)) / 2
    for j, value in enumerate(h):
        dW.append((p - y) * value)
        dc.append((p - y) * W[j] * (1 - value * value))
        for i, given in enumerate(x):
            dV[i].append(given * dc[j])
    return [p, dV, dc, dW, p - y]
