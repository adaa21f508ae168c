# why: four rows of six
# fails: test_first_25_images

# %% show_color
fig, axes = plt.subplots(4, 6)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_train[k])
    ax.set_title(class_names[y_train[k, 0]])
plt.show()
