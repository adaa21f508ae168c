# why: hands the old sum on
# fails: test_adagrad

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    return w - rate * g / np.sqrt(a + g**2 + epsilon), a
