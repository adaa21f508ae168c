# why: five of the images are drawn over others
# fails: test_first_25_images

# %% show_color
fig, axes = plt.subplots(5, 5)
for k in range(25):
    ax = axes[k // 5, k % 4]
    ax.imshow(x_train[k])
    ax.set_title(class_names[y_train[k, 0]])
