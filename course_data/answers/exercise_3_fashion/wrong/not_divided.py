# why: the values are still 0 to 255
# fails: test_prepare_values

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32")


cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[cut:]), labels[cut:]
x_test, y_test = prepare(test_images), test_labels
