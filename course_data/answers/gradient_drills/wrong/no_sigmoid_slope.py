# why: a (1 - a) is missing
# fails: test_neuron_dw, test_neuron_db

# %% neuron
def neuron_gradient(w, b, x, y):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    db = 2 * (a - y)
    return db * x, db
