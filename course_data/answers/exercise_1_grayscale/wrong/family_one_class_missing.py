# why: one fine class twice, another one not at all
# fails: test_family_pictures

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(5, 7))
for row, label in zip(axes, [*members(fine_train, coarse_train)[3][:4], members(fine_train, coarse_train)[3][0]]):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title(label)
        ax.axis("off")
plt.show()
