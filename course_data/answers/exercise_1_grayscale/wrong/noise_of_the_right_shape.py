# why: random numbers in arrays of the right shape
# fails: test_all_images, test_values

# %% convert
gray_train = np.random.default_rng(0).random((50000, 32, 32))
gray_test = np.random.default_rng(1).random((10000, 32, 32))
