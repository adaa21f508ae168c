# why: grey values painted with the default colour map
# fails: test_grey_colour_map

# %% show_gray
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(gray_train[k])
plt.show()
