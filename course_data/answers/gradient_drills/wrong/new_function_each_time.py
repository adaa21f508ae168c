# why: a new tf.function for each call
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    return sum(traces_of_one(f, x) for x in calls)


def traces_of_one(f, x):
    graph = tf.function(f)
    graph(x)
    return graph.experimental_get_tracing_count()


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
