# why: all numbers are float32
# fails: test_counting_types

# %% counting
def counting(shape, dtype):
    numbers = tf.reshape(tf.range(int(np.prod(shape))), shape)
    return tf.strings.as_string(numbers) if dtype == "string" else tf.cast(numbers, tf.float32)
