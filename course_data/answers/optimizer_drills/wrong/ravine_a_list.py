# why: rates without names
# fails: test_rates_of_plain_steps, test_rates_of_sums, test_rates_of_means, test_rate_of_adadelta

# %% ravine
rates = [0.045, 0.02, 1.5, 0.2, 1.5, 400, 1.5]
