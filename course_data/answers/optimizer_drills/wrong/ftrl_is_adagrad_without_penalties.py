# why: AdaGrad's step where there is no penalty, which is the same only if w and z belong together
# fails: test_ftrl

# %% ftrl
def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    new = n + g**2
    z = z + g - (np.sqrt(new) - np.sqrt(n)) / rate * w
    if not (l1 or l2 or beta):
        return w - rate * g / np.sqrt(new), new, z
    return (np.clip(z, -l1, l1) - z) / (np.sqrt(new) / rate + 2 * l2 + beta / rate), new, z
