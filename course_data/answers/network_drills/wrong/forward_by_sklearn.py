# why: the whole pass is done by scikit-learn's MLPRegressor with the weights put in by hand
# fails: test_forward

# %% forward
from sklearn.neural_network import MLPRegressor


def perceptron(x, w0, w):
    return np.where(w0 + x @ w < 0, 0, 1)


def forward(x, weights, biases):
    net = MLPRegressor(activation="tanh")
    net.coefs_, net.intercepts_ = list(weights), list(biases)
    net.n_layers_ = len(weights) + 1
    net.n_outputs_ = weights[-1].shape[1]
    net.n_features_in_ = x.shape[1]
    net.out_activation_ = "identity"
    return net.predict(x).reshape(len(x), -1)
