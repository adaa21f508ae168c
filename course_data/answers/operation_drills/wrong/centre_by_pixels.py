# why: divided by the number of pixels
# fails: test_centre

# %% reduce
def total(t):
    return tf.reduce_sum(t)

def row_sums(m):
    return tf.reduce_sum(m, axis=1)

def column_max(m):
    return tf.reduce_max(m, axis=0)

def centre(images):
    rows, columns = tf.reduce_sum(images, axis=2), tf.reduce_sum(images, axis=1)
    row = tf.reduce_sum(rows * tf.range(rows.shape[1], dtype=tf.float32), axis=1)
    column = tf.reduce_sum(columns * tf.range(columns.shape[1], dtype=tf.float32), axis=1)
    charge = float(images.shape[1] * images.shape[2])
    return tf.stack([row / charge, column / charge], axis=1)
