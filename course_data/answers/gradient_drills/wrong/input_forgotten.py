# why: x is missing
# fails: test_neuron_dw

# %% neuron
def neuron_gradient(w, b, x, y):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    db = 2 * (a - y) * a * (1 - a)
    return db * np.ones_like(x), db
