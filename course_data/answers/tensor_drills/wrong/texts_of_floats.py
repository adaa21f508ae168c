# why: writes 3 as 3.0
# fails: test_counting_text

# %% counting
def counting(shape, dtype):
    numbers = np.arange(float(np.prod(shape))).reshape(shape)
    return tf.constant(numbers.astype(str)) if dtype == "string" else tf.cast(numbers, dtype)
