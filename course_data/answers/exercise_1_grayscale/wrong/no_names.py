# why: the images without their class names
# fails: test_names_at_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_train[k])
plt.show()
