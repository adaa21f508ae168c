# why: makes tensors of all arguments first
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    graph = tf.function(f)
    for x in calls:
        graph(tf.convert_to_tensor(x))
    return graph.experimental_get_tracing_count()


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
