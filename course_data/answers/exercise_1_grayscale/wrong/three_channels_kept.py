# why: the weighted channels are not added up
# fails: test_one_channel, test_weights, test_integers, test_all_images, test_values, test_first_25_grey_images, test_grey_colour_map, test_gray_input_untouched

# %% to_gray
def to_gray(images):
    return images * np.array([0.2989, 0.5870, 0.1140])
