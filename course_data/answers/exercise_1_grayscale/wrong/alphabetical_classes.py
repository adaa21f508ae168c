# why: the names in another order than the labels
# fails: test_class_names

# %% load
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
class_names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "truck", "ship"]
