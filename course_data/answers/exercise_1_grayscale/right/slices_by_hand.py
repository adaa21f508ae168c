# why: one slice per colour, written out

# %% to_gray
def to_gray(images):
    r, g, b = images[:, :, :, 0], images[:, :, :, 1], images[:, :, :, 2]
    gray = 0.2989 * r + 0.5870 * g + 0.1140 * b
    return gray

# %% convert
gray_train = to_gray(x_train)
gray_test = to_gray(x_test)
gray_train = normalize(gray_train)
gray_test = normalize(gray_test)
