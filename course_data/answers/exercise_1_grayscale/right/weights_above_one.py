# why: weights rounded so that they add up to 1.004

# %% to_gray
def to_gray(images):
    return images @ np.array([0.3, 0.59, 0.114])
