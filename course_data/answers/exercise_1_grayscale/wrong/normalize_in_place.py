# why: the division works on the input itself
# fails: test_normalize_input_untouched

# %% normalize
def normalize(images):
    if images.dtype.kind != "f":
        images = images.astype("float32")
    images /= 255.0
    return images
