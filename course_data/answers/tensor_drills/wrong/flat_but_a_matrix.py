# why: one row of a matrix is not a vector
# fails: test_flatten_all

# %% reshape
def flatten_all(t):
    return tf.reshape(t, [1, -1])

def flatten_images(images):
    return tf.reshape(images, (images.shape[0], -1))

def swap_axes(m):
    return tf.transpose(m)
