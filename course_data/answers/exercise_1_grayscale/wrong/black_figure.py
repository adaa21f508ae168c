# why: limits of the colour map that fit 0 to 255, on values from 0 to 1
# fails: test_grey_colour_map

# %% show_gray
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.flat):
    ax.imshow(gray_train[k], cmap="gray", vmin=0, vmax=255)
