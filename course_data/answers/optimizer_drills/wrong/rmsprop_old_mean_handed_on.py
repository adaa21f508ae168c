# why: hands the old mean on
# fails: test_rmsprop

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    new = rho * v + (1 - rho) * g**2
    return w - rate * g / np.sqrt(new + epsilon), v
