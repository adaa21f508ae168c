# why: swings around the bottom
# fails: test_rates_of_means

# %% ravine
rates = {"sgd": 0.045, "momentum": 0.02, "adagrad": 1.5, "rmsprop": 0.5, "adam": 1.5, "adadelta": 400, "ftrl": 1.5}
