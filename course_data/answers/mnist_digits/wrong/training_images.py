# why: training images in the figure, without a title
# fails: test_examples

# %% examples
predicted = np.argmax(model(x_test[:100]), axis=1)
fig, axes = plt.subplots(2, 5)
for i, ax in enumerate(axes.ravel()):
    ax.imshow(images[i])
    ax.set_title(f"{test_labels[i]}/{predicted[i]}")
plt.show()
