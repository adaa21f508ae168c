# why: arrays of the right shape without a number in them
# fails: test_all_images, test_values, test_first_25_grey_images, test_grey_colour_map

# %% convert
gray_train = np.full((50000, 32, 32), np.nan)
gray_test = np.full((10000, 32, 32), np.nan)
