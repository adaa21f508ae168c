# why: no number
# fails: test_family_numbers

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(5, 7))
for row, label in zip(axes, members(fine_train, coarse_train)[3]):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title("")
        ax.axis("off")
plt.show()
