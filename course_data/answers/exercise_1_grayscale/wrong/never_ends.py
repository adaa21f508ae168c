# why: a loop that never ends, in the function
# fails: test_one_channel, test_gray_input_untouched, test_weights, test_integers, test_all_images, test_values, test_first_25_grey_images, test_grey_colour_map

# %% to_gray
def to_gray(images):
    import time

    while True:
        time.sleep(1)

# %% convert
assert "to_gray" in globals()
