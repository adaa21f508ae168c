# why: a first step beyond the other wall
# fails: test_rates_of_sums

# %% ravine
rates = {"sgd": 0.045, "momentum": 0.02, "adagrad": 5, "rmsprop": 0.2, "adam": 1.5, "adadelta": 400, "ftrl": 1.5}
