# why: the range at hand is stretched to 0 and 1
# fails: test_scale

# %% normalize
def normalize(images):
    images = np.asarray(images, dtype=float)
    return (images - images.min()) / (images.max() - images.min())
