# why: images of the test set instead of the training set
# fails: test_first_25_images, test_names_at_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_test[k])
    ax.set_title(class_names[y_test[k, 0]])
plt.show()
