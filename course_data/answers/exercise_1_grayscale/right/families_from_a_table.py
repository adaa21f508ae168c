# why: a table of all pairs, arrays instead of lists, broadcasting, numbers written into the pictures

# %% load_100
(images_train, fine_train), (images_test, fine_test) = tf.keras.datasets.cifar100.load_data()
coarse_train = tf.keras.datasets.cifar100.load_data(label_mode="coarse")[0][1]
coarse_test = tf.keras.datasets.cifar100.load_data(label_mode="coarse")[1][1]

# %% members
def members(fine, coarse):
    table = np.zeros((int(coarse.max()) + 1, int(fine.max()) + 1), bool)
    table[coarse, fine] = True
    return [np.flatnonzero(row) for row in table]

# %% count
def count_classes(labels, n):
    return (labels == np.arange(n)).sum(axis=0)

def baseline(labels):
    _, counts = np.unique(labels, return_counts=True)
    return counts.max() / counts.sum()

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(6, 7))
for row, label in zip(axes, members(fine_train, coarse_train)[-1]):
    for number, (ax, i) in enumerate(zip(row, np.argwhere(fine_train == label)[:, 0]), 1):
        ax.imshow(images_train[i])
        ax.text(1, 4, f"{label}", color="white")
plt.show()
