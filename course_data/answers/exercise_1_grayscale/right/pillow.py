# why: Pillow's own conversion, image by image, with an axis for the channel

# %% to_gray
from PIL import Image

def to_gray(images):
    images = np.clip(np.asarray(images), 0, 255).astype("uint8")
    gray = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in images])
    return gray[..., np.newaxis]

# %% show_gray
fig = plt.figure(figsize=(7, 7))
for i in range(25):
    ax = fig.add_subplot(5, 5, i + 1)
    ax.imshow(gray_train[i, :, :, 0], cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
