# why: the rate 1 for all
# fails: test_rates_of_plain_steps, test_rates_of_means, test_rate_of_adadelta

# %% ravine
rates = {"sgd": 1, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam": 1, "adadelta": 1, "ftrl": 1}
