# why: // divides to whole numbers
# fails: test_scale, test_normalize_input_untouched, test_all_images, test_values

# %% normalize
def normalize(images):
    return images // 255
