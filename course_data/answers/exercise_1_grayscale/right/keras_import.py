# why: keras imported by itself, other names for the classes, images shown as floats

# %% load
import keras
train, test = keras.datasets.cifar10.load_data()
x_train, y_train = train
x_test, y_test = test
y_train, y_test = y_train.flatten(), y_test.flatten()
class_names = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

# %% show_color
fig, axes = plt.subplots(5, 5, figsize=(8, 8))
for k, ax in enumerate(axes.flat):
    ax.imshow(x_train[k] / 255.0)
    ax.text(1, 5, class_names[y_train[k]], color="white")
    ax.axis("off")

# %% show_gray
fig, axes = plt.subplots(5, 5, figsize=(8, 8))
for k, ax in enumerate(axes.flat):
    ax.imshow(gray_train[k], cmap="gist_gray")
    ax.axis("off")
