# why: adds no penalty
# fails: test_ftrl_l2_and_beta, test_ftrl_l1

# %% ftrl
def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    new = n + g**2
    z = z + g - (np.sqrt(new) - np.sqrt(n)) / rate * w
    w = -z * rate / np.sqrt(new)
    return w, new, z
