# why: scaled for training only
# fails: test_iris_network

# %% iris
simple = LogisticRegression(max_iter=500).fit(iris_train, species_train)
middle, width = iris_train.mean(axis=0), iris_train.std(axis=0)
tf.keras.utils.set_random_seed(0)
network = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(3, activation="softmax")])
network.compile(tf.keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
network_history = network.fit((iris_train - middle) / width, species_train, epochs=30, batch_size=30, verbose=0)

def classify_simple(x):
    return simple.predict(x)

def classify_network(x):
    return np.argmax(network(x), axis=1)
