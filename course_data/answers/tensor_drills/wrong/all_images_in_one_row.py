# why: the batch is flattened as well
# fails: test_flatten_images

# %% reshape
def flatten_all(t):
    return tf.reshape(t, [-1])

def flatten_images(images):
    return tf.reshape(images, [-1])

def swap_axes(m):
    return tf.transpose(m)
