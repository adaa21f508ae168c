# why: a digit too low in one weight
# fails: test_weights

# %% to_gray
def to_gray(images):
    return 0.2989 * images[..., 0] + 0.5780 * images[..., 1] + 0.1140 * images[..., 2]
