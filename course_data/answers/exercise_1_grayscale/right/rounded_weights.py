# why: the weights with three and two digits

# %% to_gray
def to_gray(images):
    images = np.asarray(images, dtype=np.float64)
    return images[..., 0] * 0.3 + images[..., 1] * 0.59 + images[..., 2] * 0.11
