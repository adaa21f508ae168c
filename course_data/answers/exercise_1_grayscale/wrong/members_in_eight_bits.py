# why: both labels in one number, which has 8 bits
# fails: test_members, test_members_of_any_number

# %% members
def members(fine, coarse):
    pairs = np.unique(fine + np.uint8(128) * coarse)
    return [[int(pair % 128) for pair in pairs if pair // 128 == c] for c in range(int(coarse.max()) + 1)]

# %% show_family
fig, axes = plt.subplots(5, 4)
for row, label in zip(axes, np.unique(fine_train[coarse_train == 2])):
    for ax, place in zip(row, np.flatnonzero(fine_train.ravel() == label)):
        ax.imshow(images_train[place])
        ax.set_title(label)
plt.show()
