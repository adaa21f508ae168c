# why: counts the calls
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    count = 0
    graph = tf.function(f)
    for x in calls:
        graph(x)
        count += 1
    return count


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
