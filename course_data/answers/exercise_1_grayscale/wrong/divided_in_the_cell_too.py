# why: normalize is right, and the cell divides once more
# fails: test_values

# %% convert
gray_train = normalize(to_gray(x_train)) / 255
gray_test = normalize(to_gray(x_test)) / 255
