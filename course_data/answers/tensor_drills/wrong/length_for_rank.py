# why: len is not the rank
# fails: test_describe_facts

# %% describe
def describe(t):
    return int(tf.size(t)), tuple(t.shape), len(t) if t.ndim else 0, t.dtype.name
