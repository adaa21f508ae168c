# why: adds up gradients, not their squares
# fails: test_adagrad, test_adagrad_near_zero

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    a = a + np.abs(g)
    return w - rate * g / np.sqrt(a + epsilon), a
