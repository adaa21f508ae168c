# why: the test pictures were forgotten
# fails: test_labels, test_parts

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255


cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[cut:]), labels[cut:]
x_test, y_test = test_images.reshape(-1, 784) - 128.0, test_labels
