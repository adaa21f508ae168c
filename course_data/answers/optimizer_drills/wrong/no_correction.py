# why: Adam without the hats
# fails: test_adam

# %% adam
def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    mean, square = m, v
    return w - rate * mean / (np.sqrt(square) + epsilon), m, v
