# why: an empty text
# fails: test_circle_settings, test_circle_solved

# %% circle_url
circle_url = ""
