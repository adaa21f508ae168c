# why: the gradient is added
# fails: test_momentum

# %% momentum
def momentum_step(w, v, g, rate, beta):
    v = beta * v + rate * g
    return w + v, v
