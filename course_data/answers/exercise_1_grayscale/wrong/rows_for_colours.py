# why: the colours taken from the wrong axis
# fails: test_weights, test_gray_input_untouched

# %% to_gray
def to_gray(images):
    images = np.reshape(images, (len(images), 3, 32, 32)).astype(float)
    return 0.2989 * images[:, 0] + 0.5870 * images[:, 1] + 0.1140 * images[:, 2]
