# why: counts shapes and forgets dtypes
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    return len({tuple(x.shape) if tf.is_tensor(x) else x for x in calls})


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
