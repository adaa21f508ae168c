# why: libraries do the work where they can

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
