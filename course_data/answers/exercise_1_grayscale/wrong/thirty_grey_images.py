# why: five rows of six
# fails: test_first_25_grey_images

# %% show_gray
fig, axes = plt.subplots(5, 6)
for k, ax in enumerate(axes.ravel()):
    ax.imshow(gray_train[k], cmap="gray")
plt.show()
