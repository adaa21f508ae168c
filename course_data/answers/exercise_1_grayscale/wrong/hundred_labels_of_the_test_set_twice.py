# why: fine labels of the wrong set
# fails: test_fine_labels

# %% load_100
(images_train, fine_train), (images_test, _) = tf.keras.datasets.cifar100.load_data(label_mode="fine")
(_, coarse_train), (_, coarse_test) = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
fine_test = fine_train[: len(images_test)]
