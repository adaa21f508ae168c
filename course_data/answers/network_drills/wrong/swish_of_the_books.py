# why: without the lecture's factor 2
# fails: test_activations, test_large_inputs

# %% activations
def activation(name, x):
    sigma = (1 + np.tanh(x / 2)) / 2
    return {
        "linear": x, "step": np.where(x < 0, 0.0, 1.0), "sigmoid": sigma, "tanh": np.tanh(x),
        "relu": np.maximum(x, 0), "leaky_relu": np.where(x < 0, 0.01 * x, x), "swish": x * sigma,
    }[name]

def derivative(name, x):
    sigma = (1 + np.tanh(x / 2)) / 2
    return {
        "linear": np.ones_like(x), "step": np.zeros_like(x), "sigmoid": sigma * (1 - sigma), "tanh": 1 - np.tanh(x) ** 2,
        "relu": np.where(x < 0, 0.0, 1.0), "leaky_relu": np.where(x < 0, 0.01, 1.0), "swish": 2 * sigma + 2 * x * sigma * (1 - sigma),
    }[name]
