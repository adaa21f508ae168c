# why: a first try, the figure as it should be, and an overview after it

# %% show_color
for names in (False, True):
    fig, axes = plt.subplots(5, 5)
    for k, ax in enumerate(axes.flat):
        ax.imshow(x_train[k])
        if names:
            ax.set_xticks([16])
            ax.set_xticklabels([class_names[y_train[k, 0]]])
    plt.show()
fig, axes = plt.subplots(6, 6)
for k, ax in enumerate(axes.flat):
    ax.imshow(x_train[k])

# %% show_gray
for cmap in (None, "gray"):
    fig, axes = plt.subplots(5, 5)
    for k, ax in enumerate(axes.flat):
        ax.pcolormesh(gray_train[k], cmap=cmap)
        ax.invert_yaxis()
    plt.show()
