# why: only the first two axes
# fails: test_flatten_all

# %% reshape
def flatten_all(t):
    return tf.reshape(t, [-1, t.shape[-1]]) if t.ndim > 1 else tf.reshape(t, [-1])

def flatten_images(images):
    return tf.reshape(images, (images.shape[0], -1))

def swap_axes(m):
    return tf.transpose(m)
