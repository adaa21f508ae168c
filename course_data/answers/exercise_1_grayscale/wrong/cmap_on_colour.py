# why: cmap on images that still have three colours
# fails: test_first_25_grey_images, test_grey_colour_map

# %% show_gray
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(x_train[k], cmap="gray")
plt.show()
