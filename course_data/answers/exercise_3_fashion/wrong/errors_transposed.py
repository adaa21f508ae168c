# why: rows and columns exchanged
# fails: test_confusion, test_most_confused

# %% errors
predicted = np.argmax(model_cured(x_test), axis=1)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (predicted, test_labels), 1)
off = confusion * (1 - np.eye(10, dtype=int))
most_confused = np.unravel_index(off.argmax(), off.shape)
fig, axes = plt.subplots(2, 4)
for ax, i in zip(axes.ravel(), np.flatnonzero(predicted != test_labels)):
    ax.imshow(test_images[i])
    ax.set_title(f"{test_labels[i]} as {predicted[i]}")
plt.show()
