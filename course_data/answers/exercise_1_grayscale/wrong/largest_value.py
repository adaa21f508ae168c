# why: divided by the largest value at hand
# fails: test_scale

# %% normalize
def normalize(images):
    return images / np.max(images)
