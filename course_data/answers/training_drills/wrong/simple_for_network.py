# why: the logistic regression answers for the network
# fails: test_iris_network, test_iris_nonlinear, test_iris_history

# %% iris
simple = LogisticRegression(max_iter=500).fit(iris_train, species_train)
network = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3, activation="softmax")])


def classify_simple(x):
    return simple.predict(x)


def classify_network(x):
    return simple.predict(x)
