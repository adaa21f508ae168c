# why: // divides to whole numbers
# fails: test_scale, test_normalize_input_untouched, test_all_images, test_values, test_first_25_grey_images, test_grey_colour_map, test_any_shape

# %% normalize
def normalize(images):
    return images // 255
