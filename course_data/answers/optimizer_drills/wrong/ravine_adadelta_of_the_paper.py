# why: the rate 1 of the paper
# fails: test_rate_of_adadelta

# %% ravine
rates = {"sgd": 0.045, "momentum": 0.02, "adagrad": 1.5, "rmsprop": 0.2, "adam": 1.5, "adadelta": 1, "ftrl": 1.5}
