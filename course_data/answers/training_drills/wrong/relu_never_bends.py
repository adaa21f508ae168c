# why: placebo activation: a ReLU whose bias starts so high that it never bends, the network is linear
# fails: test_iris_nonlinear

# %% iris
def fit_simple(x, y, C):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000)).fit(x, y)


def fit_network(x, y):
    tf.keras.utils.set_random_seed(3)
    scaling = tf.keras.layers.Normalization()
    scaling.adapt(x)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((4,)),
            scaling,
            tf.keras.layers.Dense(8, activation="relu", bias_initializer=tf.keras.initializers.Constant(8.0)),
            tf.keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(tf.keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=100, batch_size=16, verbose=0)
    return model, history


simple = fit_simple(iris_train, species_train, 1.0)
network, network_history = fit_network(iris_train, species_train)
