# why: hands the old d on
# fails: test_adadelta

# %% adadelta
def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    v = rho * v + (1 - rho) * g**2
    s = -np.sqrt(d + epsilon) / np.sqrt(v + epsilon) * g
    return w + rate * s, v, d
