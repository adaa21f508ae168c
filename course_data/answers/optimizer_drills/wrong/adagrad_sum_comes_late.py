# why: divides by the sum from before this step
# fails: test_adagrad, test_adagrad_near_zero

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    return w - rate * g / np.sqrt(a + epsilon), a + g**2
