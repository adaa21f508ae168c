# why: grey pictures
# fails: test_family_pictures, test_family_numbers

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(5, 7))
for row, label in zip(axes, members(fine_train, coarse_train)[3]):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(to_gray(images_train[place : place + 1])[0], cmap="gray")
        ax.set_title(label)
        ax.axis("off")
plt.show()
