# why: no epsilon: a gradient of zero gives 0 / 0
# fails: test_adagrad_near_zero

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    a = a + g**2
    return w - rate * g / np.sqrt(a), a
