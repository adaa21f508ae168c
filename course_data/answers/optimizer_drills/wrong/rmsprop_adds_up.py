# why: adds the squares up, as AdaGrad does
# fails: test_rmsprop, test_rmsprop_near_zero

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v = v + g**2
    return w - rate * g / np.sqrt(v + epsilon), v
