# why: a sum over the weighted channels in TensorFlow, as an EagerTensor

# %% to_gray
def to_gray(images):
    weights = tf.constant([0.2989, 0.5870, 0.1140])
    return tf.reduce_sum(tf.cast(images, "float32") * weights, axis=-1)

# %% normalize
def normalize(images):
    return tf.convert_to_tensor(images, dtype=tf.float32) / 255
