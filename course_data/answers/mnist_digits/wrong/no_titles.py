# why: no digits beside the pictures
# fails: test_examples

# %% examples
predicted = np.argmax(model(x_test[:100]), axis=1)
fig, axes = plt.subplots(2, 5)
for i, ax in enumerate(axes.ravel()):
    ax.imshow(test_images[i])
plt.show()
