# why: each image carries the name of the next one
# fails: test_names_at_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_train[k])
    ax.set_title(class_names[y_train[k + 1, 0]])
plt.show()
