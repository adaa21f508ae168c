# why: each image is flattened column by column
# fails: test_flatten_images

# %% reshape
def flatten_all(t):
    return tf.reshape(t, [-1])

def flatten_images(images):
    return tf.reshape(tf.transpose(images, (0, 2, 1)), (images.shape[0], -1))

def swap_axes(m):
    return tf.transpose(m)
