# why: Nesterov's step in place of the plain one
# fails: test_momentum

# %% momentum
def momentum_step(w, v, g, rate, beta):
    v = beta * v - rate * g
    return w + beta * v - rate * g, v
