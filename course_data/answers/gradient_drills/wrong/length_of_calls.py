# why: the number of calls, without a call
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    return len(calls)


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
