# why: fine and coarse labels exchanged
# fails: test_fine_labels, test_coarse_labels, test_family_pictures, test_family_numbers

# %% load_100
(images_train, coarse_train), (images_test, coarse_test) = tf.keras.datasets.cifar100.load_data(label_mode="fine")
(_, fine_train), (_, fine_test) = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
