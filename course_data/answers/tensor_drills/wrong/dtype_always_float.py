# why: writes float32 whatever comes
# fails: test_describe_dtype

# %% describe
def describe(t):
    return int(tf.size(t)), tuple(t.shape), t.ndim, "float32"
