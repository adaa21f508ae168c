# why: np.tensordot over the last axis, labels flattened with ravel

# %% show_color
plt.figure(figsize=(10, 10))
for i in range(25):
    plt.subplot(5, 5, i + 1)
    plt.xticks([])
    plt.yticks([])
    plt.imshow(x_train[i])
    plt.xlabel(class_names[y_train[i][0]])
plt.show()

# %% to_gray
def to_gray(images):
    return np.tensordot(images, (0.2989, 0.587, 0.114), axes=(-1, 0))
