# why: six pictures with their numbers in the dataset in place of their classes
# fails: test_figure

# %% errors
truth, predicted = test_labels, np.argmax(model_cured.predict(x_test, verbose=0), axis=1)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (truth, predicted), 1)
off = confusion - np.diag(np.diag(confusion))
most_confused = tuple(int(k) for k in np.unravel_index(off.argmax(), off.shape))

fig, axes = plt.subplots(1, 6, figsize=(11, 1.9))
for ax, i in zip(axes, np.flatnonzero(truth != predicted)):
    ax.imshow(test_images[i], cmap="gray_r")
    ax.set_title("wrong", fontsize=7)
    ax.axis("off")
plt.show()
