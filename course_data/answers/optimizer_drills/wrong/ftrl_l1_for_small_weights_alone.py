# why: sets small weights to zero and leaves the others alone
# fails: test_ftrl_l1

# %% ftrl
def ftrl_step(w, n, z, g, rate=0.001, l1=0.0, l2=0.0, beta=0.0):
    new = n + g**2
    z = z + g - (np.sqrt(new) - np.sqrt(n)) / rate * w
    w = -np.where(np.abs(z) <= l1, 0, z) / (np.sqrt(new) / rate + 2 * l2 + beta / rate)
    return w, new, z
