# why: normalize only turns the values into floats
# fails: test_scale, test_any_shape, test_normalize_input_untouched, test_values

# %% normalize
def normalize(images):
    return np.asarray(images).astype("float32")
