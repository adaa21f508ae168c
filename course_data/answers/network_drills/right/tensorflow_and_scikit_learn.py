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
from sklearn import metrics

def scores(y, p):
    return (
        metrics.accuracy_score(y, p),
        metrics.precision_score(y, p, zero_division=0),
        metrics.recall_score(y, p, zero_division=0),
        metrics.f1_score(y, p, zero_division=0),
    )

# %% split
from sklearn.model_selection import train_test_split

def split(x, y, seed):
    x_train, x_rest, y_train, y_rest = train_test_split(x, y, test_size=0.4, random_state=seed)
    x_val, x_test, y_val, y_test = train_test_split(x_rest, y_rest, test_size=0.5, random_state=seed)
    return (x_train, y_train), (x_val, y_val), (x_test, y_test)

# %% scale
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

def scale(train, other, kind):
    if kind == "log":
        train, other, kind = np.log(train), np.log(other), "standard"
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}[kind]().fit(train)
    return scaler.transform(train), scaler.transform(other)

# %% start
def xavier(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) * (2 / (n_in + n_out)) ** 0.5

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

# %% clouds
inputs = tf.keras.Input((2,))
hidden = tf.keras.layers.Dense(6, activation="tanh")(inputs)
cloud_model = tf.keras.Model(inputs, tf.keras.layers.Dense(2, activation="softmax")(hidden))
cloud_model.compile(tf.keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=6, batch_size=64, verbose=0)

def classify_clouds(x):
    return tf.argmax(cloud_model.predict(x, verbose=0, batch_size=1000), axis=1)

# %% iris
simple = LogisticRegression(max_iter=1000, C=10).fit(iris_train, species_train)
scaling = tf.keras.layers.Normalization()
scaling.adapt(iris_train)
network = tf.keras.Sequential([scaling, tf.keras.layers.Dense(12, activation="tanh"), tf.keras.layers.Dense(3)])
network.compile(tf.keras.optimizers.Adam(0.03), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
network_history = network.fit(iris_train, species_train, epochs=30, batch_size=30, verbose=0)

def classify_simple(x):
    return [int(k) for k in simple.predict(x)]

def classify_network(x):
    return tf.argmax(network(tf.constant(x, tf.float32)), axis=1)
