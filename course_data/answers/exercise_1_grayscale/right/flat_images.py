# why: one row of 1024 numbers per image

# %% to_gray
def to_gray(images):
    weights = [0.2989, 0.5870, 0.1140]
    return (images @ weights).reshape(len(images), 32 * 32)

# %% show_gray
fig, axs = plt.subplots(5, 5)
for i in range(5):
    for j in range(5):
        axs[i, j].imshow(gray_train[5 * i + j].reshape(32, 32), cmap="Greys_r")
        axs[i, j].set_title(class_names[y_train[5 * i + j, 0]])
plt.tight_layout()
plt.show()
