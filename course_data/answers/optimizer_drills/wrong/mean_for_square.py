# why: the mean of g where the one of g squared is meant
# fails: test_adam, test_adam_means

# %% adam
def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g
    mean, square = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return w - rate * mean / (np.sqrt(np.abs(square)) + epsilon), m, v
