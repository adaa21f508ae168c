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
