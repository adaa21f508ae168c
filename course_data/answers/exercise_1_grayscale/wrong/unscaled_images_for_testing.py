# why: the test images are grey, but not divided
# fails: test_values

# %% convert
gray_train = normalize(to_gray(x_train))
gray_test = to_gray(x_test)
