# why: eight hidden layers, more than the page has
# fails: test_circle_settings, test_circle_solved, test_linear_changed, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#seed=0.1&networkShape=8,8,8,8,8,8,8,8"
