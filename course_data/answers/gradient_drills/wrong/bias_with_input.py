# why: x in the bias, too
# fails: test_neuron_db

# %% neuron
def neuron_gradient(w, b, x, y):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    common = 2 * (a - y) * a * (1 - a)
    return common * x, common * x.sum()
