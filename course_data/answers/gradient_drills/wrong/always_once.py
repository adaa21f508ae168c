# why: what the name of the task says
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    return 1


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
