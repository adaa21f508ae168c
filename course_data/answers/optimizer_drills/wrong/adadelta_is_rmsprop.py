# why: divides by the root of v alone
# fails: test_adadelta, test_adadelta_near_zero

# %% adadelta
def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    v = rho * v + (1 - rho) * g**2
    s = -g / np.sqrt(v + epsilon)
    d = rho * d + (1 - rho) * s**2
    return w + rate * s, v, d
