# why: mean 0 and deviation 1
# fails: test_prepare_values, test_labels, test_parts

# %% prepare
def prepare(images):
    return (images.reshape(-1, 784) - images.mean()) / images.std()


cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]), labels[:cut]
x_val, y_val = prepare(images[cut:]), labels[cut:]
x_test, y_test = prepare(test_images), test_labels
