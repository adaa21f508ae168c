# why: element by element, with loops and conditions

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
    dead = [len(set(column)) == 1 for column in train.T]
    for part in (train, other):
        columns = []
        for k in range(train.shape[1]):
            t = train[:, k]
            if dead[k]:
                columns.append(part[:, k] - t[0])
            elif kind == "minmax":
                columns.append((part[:, k] - min(t)) / (max(t) - min(t)))
            elif kind == "robust":
                columns.append((part[:, k] - np.median(t)) / (np.quantile(t, 0.75) - np.quantile(t, 0.25)))
            else:
                columns.append((part[:, k] - np.mean(t)) / np.std(t, ddof=1))
        out.append(np.stack(columns, axis=1))
    return out

# %% whiten
def whiten(train, other):
    mean = train.mean(0)
    variance, axes = np.linalg.eigh(np.cov(train, rowvar=False, bias=True))
    return [np.stack([(part - mean) @ axes[:, k] / variance[k] ** 0.5 for k in range(len(variance))][::-1], axis=1) for part in (train, other)]

# %% start
def xavier(n_in, n_out, rng, kind):
    w = np.empty((n_in, n_out))
    for row in w:
        if kind == "normal":
            row[:] = rng.normal(scale=np.sqrt(2.0 / (n_in + n_out)), size=n_out)
        else:
            row[:] = rng.uniform(-((6 / (n_in + n_out)) ** 0.5), (6 / (n_in + n_out)) ** 0.5, size=n_out)
    return w

def variances(x, factor, activation, rng):
    n, found = x.shape[1], []
    while len(found) < 10:
        x = (x @ xavier(n, n, rng, "normal")) * factor
        x = np.tanh(x) if activation == "tanh" else x * (x > 0)
        found.append(float(((x - x.mean()) ** 2).mean()))
    return found

# %% reuse
def reuse(model):
    config = model.get_config()
    other = tf.keras.Sequential.from_config(config)
    for old, new in zip(model.layers, other.layers):
        new.set_weights(old.get_weights())
    other.compile(optimizer=tf.keras.optimizers.SGD(0.3), loss="binary_crossentropy")
    return other

def epochs_to(losses, target):
    number = 1
    while number <= len(losses):
        if losses[number - 1] <= target:
            return number
        number += 1
    return 0

start = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(24, "tanh"), tf.keras.layers.Dense(1, "sigmoid")])
start.compile(optimizer=tf.keras.optimizers.SGD(0.3), loss="binary_crossentropy")
fresh_history = start.fit(second_x, second_y, epochs=25, batch_size=30, verbose=0)
reused_history = reuse(ring_model).fit(second_x, second_y, epochs=25, batch_size=30, verbose=0)

# %% clouds
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(10, activation="relu")
        self.out = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))

cloud_model = Net()
cloud_model.compile("adam", tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=[tf.keras.metrics.BinaryAccuracy(threshold=0.0)])
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=15, batch_size=32, verbose=0)

def classify_clouds(x):
    return (np.asarray(cloud_model(x)) > 0).astype(int)

def bayes_limit(a, s):
    import math
    return (1 + math.erf(a / s)) / 2

fig, ax = plt.subplots(1, 2)
ax[0].plot(cloud_history.epoch, cloud_history.history["loss"])
ax[1].plot(cloud_history.epoch, [100 * value for value in cloud_history.history["binary_accuracy"]])
plt.show()

# %% iris
def fit_simple(x, y, C):
    model = LogisticRegression(C=C, max_iter=3000)
    model.fit(x, y)
    return model

class Flowers(tf.keras.Model):
    def __init__(self, low, span):
        super().__init__()
        self.low, self.span = tf.constant(low, tf.float32), tf.constant(span, tf.float32)
        self.hidden = tf.keras.layers.Dense(20, activation="tanh")
        self.out = tf.keras.layers.Dense(3)

    def call(self, x):
        return self.out(self.hidden((tf.cast(x, tf.float32) - self.low) / self.span))

def fit_network(x, y):
    net = Flowers(x.mean(0), x.std(0))
    net.compile(tf.keras.optimizers.Adam(0.05), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return [net, net.fit(x, y, epochs=20, batch_size=20, verbose=0)]

simple = fit_simple(iris_train, species_train, 10)
network, network_history = fit_network(iris_train, species_train)

# %% choose
def cross_validate(x, y, fold, values):
    means, spreads = [], []
    for C in values:
        seen = []
        for k in sorted(set(fold)):
            rest = [at for at in range(len(x)) if fold[at] != k]
            left = [at for at in range(len(x)) if fold[at] == k]
            guesses = fit_simple(x[rest], y[rest], C).predict(x[left])
            seen.append(sum(guess == truth for guess, truth in zip(guesses, y[left])) / len(left))
        means.append(sum(seen) / len(seen))
        spreads.append((sum((value - means[-1]) ** 2 for value in seen) / (len(seen) - 1)) ** 0.5)
    best = values[0]
    for C, mean in zip(values, means):
        if mean > means[list(values).index(best)]:
            best = C
    return means, spreads, best

def project(train, other):
    mean = np.mean(train, axis=0)
    variance, axes = np.linalg.eig(np.cov(train, rowvar=False))
    one, two = np.argsort(variance)[::-1][:2]
    return [np.stack([(part - mean) @ axes[:, one], (part - mean) @ axes[:, two]], axis=1) for part in (train, other)]
