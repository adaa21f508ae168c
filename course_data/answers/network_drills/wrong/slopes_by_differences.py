# why: the slopes are difference quotients
# fails: test_derivatives

# %% activations
def activation(name, x):
    """An activation function."""
    x = np.asarray(x, float)
    s = (1 + np.tanh(x / 2)) / 2
    return {
        "linear": x,
        "step": np.where(x < 0, 0.0, 1.0),
        "sigmoid": s,
        "tanh": np.tanh(x),
        "relu": np.where(x < 0, 0.0, x),
        "leaky_relu": np.where(x < 0, 0.01 * x, x),
        "swish": 2 * x * s,
    }[name]


def derivative(name, x):
    """The slope of an activation function, with the same arguments and shapes."""
    h = 1e-5
    return (activation(name, np.asarray(x) + h) - activation(name, np.asarray(x) - h)) / (2 * h)
