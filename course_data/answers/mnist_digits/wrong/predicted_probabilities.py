# why: probabilities instead of digits
# fails: test_predicted

# %% examples
predicted = np.asarray(model(x_test[:100]))
fig, axes = plt.subplots(2, 5)
for i, ax in enumerate(axes.ravel()):
    ax.imshow(test_images[i])
    ax.set_title(f"{test_labels[i]}/{predicted[i].argmax()}")
plt.show()
