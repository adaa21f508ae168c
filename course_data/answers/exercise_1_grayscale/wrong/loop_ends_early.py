# why: the array has room for all images, the loop fills half
# fails: test_all_images

# %% convert
gray_train = np.zeros((50000, 32, 32))
gray_test = np.zeros((10000, 32, 32))
for i in range(25000):
    gray_train[i] = normalize(to_gray(x_train[i:i + 1]))[0]
gray_test[:] = normalize(to_gray(x_test))
