# why: the logistic regression behind a scaler, chosen by a search

# %% iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

chain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
simple = GridSearchCV(chain, {"logisticregression__C": [1, 10]}).fit(iris_train, species_train)
tf.keras.utils.set_random_seed(3)
middle, width = iris_train.mean(axis=0), iris_train.std(axis=0)
network = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(3, activation="softmax")])
network.compile(tf.keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
network_history = network.fit((iris_train - middle) / width, species_train, epochs=20, batch_size=16, verbose=0)

def classify_simple(x):
    return simple.predict(x).tolist()

def classify_network(x):
    return np.argmax(network((x - middle) / width), axis=1)
