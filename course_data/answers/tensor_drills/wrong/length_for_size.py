# why: the first axis is not the size
# fails: test_describe_facts

# %% describe
def describe(t):
    return (t.shape[0] if t.ndim else 1), tuple(t.shape), t.ndim, t.dtype.name
