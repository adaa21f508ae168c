# why: epsilon stands inside the root
# fails: test_adam

# %% adam
def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
    return w - rate * (m / (1 - beta_1**t)) / np.sqrt(v / (1 - beta_2**t) + epsilon), m, v
