# why: begins with 1
# fails: test_counting_values

# %% counting
def counting(shape, dtype):
    n = int(np.prod(shape))
    numbers = tf.reshape(tf.range(1, n + 1), shape)
    return tf.strings.as_string(numbers - 1) if dtype == "string" else tf.cast(numbers, dtype)
