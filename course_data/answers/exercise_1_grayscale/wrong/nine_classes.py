# why: one name is missing
# fails: test_class_names, test_names_at_images, test_first_25_images, test_first_25_grey_images

# %% load
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
class_names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship"]
