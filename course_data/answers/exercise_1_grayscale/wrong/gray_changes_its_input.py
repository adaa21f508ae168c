# why: the weights are multiplied into the images themselves
# fails: test_gray_input_untouched

# %% to_gray
def to_gray(images):
    if images.dtype.kind != "f":
        return images @ np.array([0.2989, 0.5870, 0.1140])
    images *= np.array([0.2989, 0.5870, 0.1140])
    return images.sum(axis=-1)
