# why: one linear layer in disguise
# fails: test_forward

# %% forward
def perceptron(x, w0, w):
    return np.where(w0 + x @ w < 0, 0, 1)

def forward(x, weights, biases):
    z = x
    for k in range(len(weights)):
        z = z @ weights[k] + biases[k]
    return z
