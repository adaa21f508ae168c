# why: the rate is in the mean of squared steps
# fails: test_adadelta

# %% adadelta
def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    v = rho * v + (1 - rho) * g**2
    s = -rate * np.sqrt(d + epsilon) / np.sqrt(v + epsilon) * g
    d = rho * d + (1 - rho) * s**2
    return w + s, v, d
