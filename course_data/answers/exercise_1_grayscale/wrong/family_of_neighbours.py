# why: the fine classes 0 to 4, of several superclasses
# fails: test_family_pictures

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(5, 7))
for row, label in zip(axes, range(5)):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title(label)
        ax.axis("off")
plt.show()
