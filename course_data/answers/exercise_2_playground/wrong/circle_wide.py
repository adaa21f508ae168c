# why: a layer of 2000 neurons, meant to exhaust the grader
# fails: test_circle_settings, test_circle_solved, test_linear_changed, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#seed=0.1&networkShape=2000,2000"
