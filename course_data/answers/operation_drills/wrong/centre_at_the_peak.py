# why: the brightest pixel is not the centre
# fails: test_centre

# %% reduce
def total(t):
    return tf.reduce_sum(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.reduce_max(m, axis=0)

def centre(images):
    place = tf.argmax(tf.reshape(images, (images.shape[0], -1)), axis=1)
    return tf.stack([place // images.shape[2], place % images.shape[2]], axis=1)
