# why: a function that generalises shapes
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    graph = tf.function(f, reduce_retracing=True)
    for x in calls:
        graph(x)
    return graph.experimental_get_tracing_count()


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
