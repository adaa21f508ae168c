# why: the weights in the order of OpenCV, blue first
# fails: test_weights

# %% to_gray
def to_gray(images):
    return 0.1140 * images[..., 0] + 0.5870 * images[..., 1] + 0.2989 * images[..., 2]
