# why: normalize divides twice
# fails: test_scale, test_values

# %% normalize
def normalize(images):
    images = images / 255.0
    return images / 255.0
