# why: the coefficients of the regression behind a hidden layer that hands on what it gets
# fails: test_iris_nonlinear, test_iris_history

# %% iris
simple = LogisticRegression(max_iter=500).fit(iris_train, species_train)
network = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(4), tf.keras.layers.Dense(3, activation="softmax")])
network.set_weights([np.eye(4), np.zeros(4), simple.coef_.T, simple.intercept_])
network.compile(tf.keras.optimizers.Adam(0.0), "sparse_categorical_crossentropy")
network_history = network.fit(iris_train, species_train, epochs=5, batch_size=16, verbose=0)

def classify_simple(x):
    return simple.predict(x)

def classify_network(x):
    return np.argmax(network(x), axis=1)
