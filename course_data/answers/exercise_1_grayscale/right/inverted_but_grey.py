# why: the printing colour map, dark on light, as in many tutorials, with a look at one image before

# %% show_gray
plt.imshow(gray_train[0].reshape(32, 32), cmap="binary")
plt.show()
plt.figure(figsize=(10, 10))
for i in range(25):
    plt.subplot(5, 5, i + 1)
    plt.imshow(gray_train[i].reshape(32, 32), cmap=plt.cm.binary)
    plt.xlabel(class_names[y_train[i].item()])
plt.show()
