# why: one rate for all
# fails: test_rates_of_plain_steps, test_rates_of_sums, test_rate_of_adadelta

# %% ravine
rates = {"sgd": 0.1, "momentum": 0.1, "adagrad": 0.1, "rmsprop": 0.1, "adam": 0.1, "adadelta": 0.1, "ftrl": 0.1}
