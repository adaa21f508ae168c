# why: crosses the ravine higher and higher
# fails: test_rates_of_plain_steps

# %% ravine
rates = {"sgd": 0.06, "momentum": 0.02, "adagrad": 1.5, "rmsprop": 0.2, "adam": 1.5, "adadelta": 400, "ftrl": 1.5}
