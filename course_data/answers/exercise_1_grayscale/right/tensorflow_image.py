# why: tf.image on floats; everything stays a tensor with one channel

# %% to_gray
def to_gray(images):
    return tf.image.rgb_to_grayscale(tf.cast(images, tf.float32))

# %% normalize
def normalize(images):
    return tf.cast(images, tf.float32) / 255.0

# %% show_gray
plt.figure(figsize=(8, 8))
for i in range(25):
    plt.subplot(5, 5, i + 1)
    plt.imshow(tf.squeeze(gray_train[i]), cmap=plt.cm.gray)
    plt.axis("off")
plt.show()
