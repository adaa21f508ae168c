# why: a variable that counts runs of the graph, not traces
# fails: test_count_traces

# %% traces
def count_traces(f, calls):
    count = tf.Variable(0)

    @tf.function
    def counted(x):
        count.assign_add(1)
        return f(x)

    for x in calls:
        counted(x)
    return int(count)


predicted = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
