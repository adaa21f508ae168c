# why: plain gradient descent
# fails: test_momentum

# %% momentum
def momentum_step(w, v, g, rate, beta):
    v = -rate * g
    return w + v, v
