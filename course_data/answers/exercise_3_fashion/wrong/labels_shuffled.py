# why: the pictures were shuffled, and the labels were not
# fails: test_labels

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255


images = np.random.default_rng(1).permutation(images)
cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[cut:]), labels[cut:]
x_test, y_test = prepare(test_images), test_labels
