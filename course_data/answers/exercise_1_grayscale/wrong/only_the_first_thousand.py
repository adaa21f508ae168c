# why: only a part of the images is converted
# fails: test_all_images

# %% convert
gray_train = normalize(to_gray(x_train[:1000]))
gray_test = normalize(to_gray(x_test[:1000]))
