# why: every image is divided by its own largest value
# fails: test_scale, test_any_shape

# %% normalize
def normalize(images):
    return np.array([image / np.max(image) for image in images])
