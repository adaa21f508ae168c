# why: the product rule's second half is missing
# fails: test_derivatives

# %% activations
def activation(name, x):
    sigma = (1 + np.tanh(x / 2)) / 2
    return {
        "linear": x, "step": np.where(x < 0, 0.0, 1.0), "sigmoid": sigma, "tanh": np.tanh(x),
        "relu": np.maximum(x, 0), "leaky_relu": np.where(x < 0, 0.01 * x, x), "swish": 2 * x * sigma,
    }[name]

def derivative(name, x):
    sigma = (1 + np.tanh(x / 2)) / 2
    return {
        "linear": np.ones_like(x), "step": np.zeros_like(x), "sigmoid": sigma * (1 - sigma), "tanh": 1 - np.tanh(x) ** 2,
        "relu": np.where(x < 0, 0.0, 1.0), "leaky_relu": np.where(x < 0, 0.01, 1.0), "swish": 2 * sigma,
    }[name]
