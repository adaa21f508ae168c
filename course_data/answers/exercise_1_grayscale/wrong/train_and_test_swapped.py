# why: the two pairs are unpacked in the wrong order
# fails: test_arrays, test_first_25_images, test_names_at_images, test_all_images, test_values

# %% load
(x_test, y_test), (x_train, y_train) = tf.keras.datasets.cifar10.load_data()
class_names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
