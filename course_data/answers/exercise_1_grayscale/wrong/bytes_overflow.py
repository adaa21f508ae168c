# why: whole-number weights, summed in 8 bits, which start again at 0 beyond 255
# fails: test_integers

# %% to_gray
def to_gray(images):
    return (30 * images[..., 0] + 59 * images[..., 1] + 11 * images[..., 2]) // 100
