# why: the weights of another standard
# fails: test_weights

# %% to_gray
def to_gray(images):
    return images @ np.array([0.2126, 0.7152, 0.0722])
