# why: has 60 steps of at most 0.01
# fails: test_rates_of_means

# %% ravine
rates = {"sgd": 0.045, "momentum": 0.02, "adagrad": 1.5, "rmsprop": 0.2, "adam": 0.01, "adadelta": 400, "ftrl": 1.5}
