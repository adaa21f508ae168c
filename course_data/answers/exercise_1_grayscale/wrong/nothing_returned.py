# why: the result is computed and thrown away
# fails: test_one_channel, test_gray_input_untouched, test_weights, test_integers

# %% to_gray
def to_gray(images):
    gray = images @ np.array([0.2989, 0.5870, 0.1140])

# %% convert
gray_train = normalize(x_train @ np.array([0.2989, 0.5870, 0.1140]))
gray_test = normalize(x_test @ np.array([0.2989, 0.5870, 0.1140]))
