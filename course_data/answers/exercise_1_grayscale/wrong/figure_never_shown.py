# why: the figure is closed before it is shown
# fails: test_first_25_images, test_names_at_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_train[k])
    ax.set_title(class_names[y_train[k, 0]])
plt.close(fig)
