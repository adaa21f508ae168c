# why: two digits swapped in one weight
# fails: test_weights

# %% to_gray
def to_gray(images):
    return 0.2899 * images[..., 0] + 0.5870 * images[..., 1] + 0.1140 * images[..., 2]
