# why: the weighted sum itself
# fails: test_perceptron

# %% forward
def perceptron(x, w0, w):
    return w0 + x @ w

def forward(x, weights, biases):
    z = x
    for k in range(len(weights)):
        z = (np.tanh(z) if k else z) @ weights[k] + biases[k]
    return z
