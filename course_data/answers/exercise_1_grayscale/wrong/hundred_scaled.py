# why: divided already, although the values have to stay as they are
# fails: test_images_100

# %% load_100
(images_train, fine_train), (images_test, fine_test) = tf.keras.datasets.cifar100.load_data(label_mode="fine")
(_, coarse_train), (_, coarse_test) = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
images_train, images_test = images_train / 255, images_test / 255
