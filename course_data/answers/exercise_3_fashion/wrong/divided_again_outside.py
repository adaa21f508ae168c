# why: prepare is right, and what it gives is divided once more
# fails: test_labels

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 255

cut = len(images) * 4 // 5
x_train, y_train = prepare(images[:cut]) / 255, labels[:cut]
x_val, y_val = prepare(images[cut:]) / 255, labels[cut:]
x_test, y_test = prepare(test_images) / 255, test_labels
