# why: the middle between the largest and the smallest channel, not a weighted sum
# fails: test_weights

# %% to_gray
def to_gray(images):
    images = np.asarray(images, dtype=float)
    return (images.max(axis=-1) + images.min(axis=-1)) / 2
