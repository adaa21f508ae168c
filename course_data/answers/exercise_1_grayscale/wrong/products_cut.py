# why: each product is cut to a whole number before the sum
# fails: test_integers

# %% to_gray
def to_gray(images):
    red = (0.2989 * images[..., 0]).astype(int)
    green = (0.5870 * images[..., 1]).astype(int)
    blue = (0.1140 * images[..., 2]).astype(int)
    return red + green + blue
