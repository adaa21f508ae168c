# why: an empty text
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = ""
