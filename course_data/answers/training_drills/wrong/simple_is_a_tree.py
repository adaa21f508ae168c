# why: a decision tree in place of the logistic regression
# fails: test_iris_simple

# %% iris
from sklearn.tree import DecisionTreeClassifier

simple = DecisionTreeClassifier(max_depth=3, random_state=0).fit(iris_train, species_train)
middle, width = iris_train.mean(axis=0), iris_train.std(axis=0)
network = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(3, activation="softmax")])
network.compile(tf.keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
network_history = network.fit((iris_train - middle) / width, species_train, epochs=6, batch_size=16, verbose=0)

def classify_simple(x):
    return simple.predict(x)

def classify_network(x):
    return np.argmax(network((x - middle) / width), axis=1)
