# why: a learning rate that the page does not offer
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#seed=0.1&learningRate=0.5"
