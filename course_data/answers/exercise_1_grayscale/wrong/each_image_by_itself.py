# why: every image is divided by its own largest value
# fails: test_scale

# %% normalize
def normalize(images):
    return np.array([image / np.max(image) for image in images])
