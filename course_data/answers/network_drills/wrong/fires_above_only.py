# why: at the threshold it does not fire
# fails: test_perceptron

# %% forward
def perceptron(x, w0, w):
    return np.where(w0 + x @ w > 0, 1, 0)

def forward(x, weights, biases):
    z = x
    for k in range(len(weights)):
        z = (np.tanh(z) if k else z) @ weights[k] + biases[k]
    return z
