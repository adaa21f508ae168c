# why: asarray makes no copy of what is float32 already
# fails: test_normalize_input_untouched

# %% normalize
def normalize(images):
    images = np.asarray(images, dtype="float32")
    images /= 255
    return images
