# why: both are fitted on all 150 irises, whatever is handed in
# fails: test_iris_simple, test_iris_network

# %% iris
def fit_simple(x, y, C):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000)).fit(flowers.data, flowers.target)


def fit_network(x, y):
    scaling = tf.keras.layers.Normalization()
    scaling.adapt(flowers.data)
    hidden, last = tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(3, activation="softmax")
    model = tf.keras.Sequential([tf.keras.Input((4,)), scaling, hidden, last])
    model.compile(tf.keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    return model, model.fit(flowers.data, flowers.target, epochs=15, batch_size=16, verbose=0)


simple = fit_simple(iris_train, species_train, 1.0)
network, network_history = fit_network(iris_train, species_train)
