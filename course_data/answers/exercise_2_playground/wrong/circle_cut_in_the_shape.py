# why: the address was cut off in the middle of the network's shape
# fails: test_circle_settings, test_circle_solved, test_linear_changed, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#seed=0.1&activation=tanh&networkShape=4,"
