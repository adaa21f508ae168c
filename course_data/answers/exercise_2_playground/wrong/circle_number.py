# why: a number is no address
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = 0.82817
