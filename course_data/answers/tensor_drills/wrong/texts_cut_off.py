# why: text cut to one character (dtype U1): agrees up to 9, wrong from "10" on; never uses as_string or cast properl
# fails: test_counting_text

# %% counting
def counting(shape, dtype):
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    if dtype == "string":
        return tf.constant(numbers.astype("U1"))
    return tf.constant(numbers.astype(dtype))
