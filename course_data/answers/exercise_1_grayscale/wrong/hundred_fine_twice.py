# why: the argument for the coarse labels was forgotten
# fails: test_coarse_labels

# %% load_100
(images_train, fine_train), (images_test, fine_test) = tf.keras.datasets.cifar100.load_data()
(_, coarse_train), (_, coarse_test) = tf.keras.datasets.cifar100.load_data()

# %% show_family
(_, right), _ = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
fig, axes = plt.subplots(5, 4)
for row, label in zip(axes, members(fine_train, right)[3]):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title(label)
plt.show()
