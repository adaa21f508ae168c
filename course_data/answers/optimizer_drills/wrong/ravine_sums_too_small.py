# why: AdaGrad and Ftrl get stuck on the way
# fails: test_rates_of_sums

# %% ravine
rates = {"sgd": 0.045, "momentum": 0.02, "adagrad": 0.1, "rmsprop": 0.2, "adam": 1.5, "adadelta": 400, "ftrl": 0.1}
