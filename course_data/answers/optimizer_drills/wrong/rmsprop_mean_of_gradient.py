# why: the mean of g where that of its square is meant
# fails: test_rmsprop, test_rmsprop_near_zero

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v = rho * v + (1 - rho) * g
    return w - rate * g / np.sqrt(np.abs(v) + epsilon), v
