# why: an address of another site
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = "https://playground.example.org/#seed=0.1"
