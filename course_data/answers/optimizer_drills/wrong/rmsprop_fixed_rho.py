# why: 0.9 for every rho
# fails: test_rmsprop

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v = 0.9 * v + 0.1 * g**2
    return w - rate * g / np.sqrt(v + epsilon), v
