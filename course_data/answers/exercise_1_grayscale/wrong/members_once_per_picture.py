# why: a fine class for each picture
# fails: test_members

# %% members
def members(fine, coarse):
    return [sorted(fine[coarse == c].tolist()) for c in range(int(coarse.max()) + 1)]

# %% show_family
fig, axes = plt.subplots(5, 4)
for row, label in zip(axes, np.unique(fine_train[coarse_train == 2])):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title(label)
plt.show()
