# why: libraries do the work where they may

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

# %% whiten
def whiten(train, other):
    x = tf.constant(train)
    mean = tf.reduce_mean(x, axis=0)
    values, vectors = tf.linalg.eigh(tf.matmul(x - mean, x - mean, transpose_a=True) / len(train))
    symmetric = vectors @ tf.linalg.diag(values**-0.5) @ tf.transpose(vectors)
    return (x - mean) @ symmetric, (tf.constant(other) - mean) @ symmetric

# %% start
def xavier(n_in, n_out, rng, kind="normal"):
    drawn = rng.standard_normal((n_in, n_out)) if kind == "normal" else (2 * rng.random((n_in, n_out)) - 1) * 3**0.5
    return drawn * (2 / (n_in + n_out)) ** 0.5

def variances(x, factor, activation, rng):
    x, seen = tf.constant(x), []
    for k in range(10):
        x = getattr(tf.nn, activation)(factor * tf.matmul(x, xavier(x.shape[1], x.shape[1], rng)))
        seen.append(tf.math.reduce_variance(x))
    return tf.stack(seen)

# %% reuse
def reuse(model):
    new = tf.keras.Sequential.from_config(model.get_config())
    new.set_weights(model.get_weights())
    new.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss=tf.keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    return new

def epochs_to(losses, target):
    return next((n for n, loss in enumerate(losses, 1) if loss <= target), 0)

settings = dict(epochs=30, batch_size=50, verbose=0)
blank = tf.keras.models.clone_model(ring_model)
blank.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy")
fresh_history = blank.fit(second_x, second_y, **settings)
reused_history = reuse(ring_model).fit(second_x, second_y, **settings)

# %% clouds
inputs = tf.keras.Input((2,))
hidden = tf.keras.layers.Dense(6, activation="tanh")(inputs)
cloud_model = tf.keras.Model(inputs, tf.keras.layers.Dense(2, activation="softmax")(hidden))
cloud_model.compile(tf.keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=6, batch_size=64, verbose=0)

def classify_clouds(x):
    return tf.argmax(cloud_model.predict(x, verbose=0, batch_size=1000), axis=1)

def bayes_limit(a, s):
    return norm(loc=0, scale=s).cdf(np.hypot(a, a))

plt.plot(cloud_history.history["loss"])
plt.plot(cloud_history.history["accuracy"])
plt.show()

# %% iris
def fit_simple(x, y, C):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000)).fit(x, y)

def fit_network(x, y):
    scaling = tf.keras.layers.Normalization()
    scaling.adapt(x)
    layers = [scaling, tf.keras.layers.Dense(12, activation="swish"), tf.keras.layers.Dense(3, activation="softmax")]
    model = tf.keras.Sequential(layers)
    model.compile(tf.keras.optimizers.Adam(0.03), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, tf.one_hot(y, 3), epochs=30, batch_size=30, verbose=0)
    return model, history

simple = fit_simple(iris_train, species_train, C=1)
network, network_history = fit_network(iris_train, species_train)

# %% choose
def cross_validate(x, y, fold, values):
    scores = [[fit_simple(x[fold != k], y[fold != k], C).score(x[fold == k], y[fold == k]) for k in range(fold.max() + 1)] for C in values]
    means = np.mean(scores, axis=1)
    return means, np.std(scores, axis=1, ddof=1), float(values[means.argmax()])

def project(train, other):
    mean = train.mean(axis=0)
    u, s, vt = np.linalg.svd(train - mean, full_matrices=False)
    return (train - mean) @ vt[:2].T, -(other - mean) @ -vt[:2].T
