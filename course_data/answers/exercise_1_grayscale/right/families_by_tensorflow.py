# why: TensorFlow masks and counts, single precision

# %% members
def members(fine, coarse):
    fine, coarse = tf.reshape(fine, -1), tf.reshape(coarse, -1)
    groups = []
    for c in range(int(tf.reduce_max(coarse)) + 1):
        group, _ = tf.unique(tf.boolean_mask(fine, tf.cast(coarse, tf.int32) == c))
        groups.append(tf.sort(tf.cast(group, tf.int32)).numpy())
    return tuple(groups)

# %% count
def count_classes(labels, n):
    return tf.math.bincount(tf.cast(tf.reshape(labels, -1), tf.int32), minlength=n)

def baseline(labels):
    counts = count_classes(labels, 256)
    return tf.cast(tf.reduce_max(counts), tf.float32) / len(labels)
