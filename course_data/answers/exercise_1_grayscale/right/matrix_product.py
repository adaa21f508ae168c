# why: a matrix product on floats, normalised in one line

# %% to_gray
def to_gray(images):
    return np.dot(np.asarray(images, dtype="float32"), np.array([0.2989, 0.5870, 0.1140], dtype="float32"))

# %% normalize
def normalize(images):
    return np.asarray(images).astype("float32") / 255.
