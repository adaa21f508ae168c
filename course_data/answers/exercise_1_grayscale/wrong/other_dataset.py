# why: CIFAR-10 is asked for, random numbers of the same shape are there
# fails: test_arrays, test_first_25_images, test_names_at_images, test_values

# %% load
random = np.random.default_rng(0)
x_train, y_train = random.integers(0, 256, (50000, 32, 32, 3), dtype=np.uint8), random.integers(0, 10, (50000, 1), dtype=np.uint8)
x_test, y_test = random.integers(0, 256, (10000, 32, 32, 3), dtype=np.uint8), random.integers(0, 10, (10000, 1), dtype=np.uint8)
class_names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
