# why: a reshape to the swapped shape
# fails: test_swap_axes

# %% reshape
def flatten_all(t):
    return tf.reshape(t, [-1])

def flatten_images(images):
    return tf.reshape(images, (images.shape[0], -1))

def swap_axes(m):
    return tf.reshape(m, (m.shape[1], m.shape[0]))
