# why: np.einsum, and all images in batches to save memory

# %% to_gray
def to_gray(images):
    return np.einsum("nijc,c->nij", np.asarray(images, dtype=np.float32), np.float32([0.2989, 0.5870, 0.1140]))

# %% convert
gray_train = np.concatenate([normalize(to_gray(part)) for part in np.array_split(x_train, 50)])
gray_test = np.concatenate([normalize(to_gray(part)) for part in np.array_split(x_test, 10)])
