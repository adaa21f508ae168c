# why: the sets mixed up
# fails: test_images_100, test_fine_labels, test_coarse_labels, test_family_pictures, test_family_numbers

# %% load_100
(images_test, fine_test), (images_train, fine_train) = tf.keras.datasets.cifar100.load_data(label_mode="fine")
(_, coarse_test), (_, coarse_train) = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
