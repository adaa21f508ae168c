# why: the whole list over every image
# fails: test_names_at_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k, ax in enumerate(axes.flat):
    ax.imshow(x_train[k])
    ax.set_title(class_names, fontsize=4)
