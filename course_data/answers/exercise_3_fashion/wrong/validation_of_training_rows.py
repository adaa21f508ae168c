# why: the validation rows are training rows
# fails: test_parts

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255


cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[: len(images) - cut]), labels[: len(images) - cut]
x_test, y_test = prepare(test_images), test_labels
