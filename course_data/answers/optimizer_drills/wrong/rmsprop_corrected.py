# why: Adam's correction, which RMSProp has not
# fails: test_rmsprop, test_rmsprop_near_zero

# %% rmsprop
def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    v = rho * v + (1 - rho) * g**2
    return w - rate * g / np.sqrt(v / (1 - rho) + epsilon), v
