# why: Keras's default rates
# fails: test_rates_of_plain_steps, test_rates_of_sums, test_rates_of_means, test_rate_of_adadelta

# %% ravine
rates = {"sgd": 0.01, "momentum": 0.01, "adagrad": 0.001, "rmsprop": 0.001, "adam": 0.001, "adadelta": 0.001, "ftrl": 0.001}
