# why: a counter that is nonlocal, no autograph, types in a dictionary, a tuple

# %% traces
def count_traces(f, calls):
    count = 0

    def counted(x):
        nonlocal count
        count += 1
        return f(x)

    graph = tf.function(counted, autograph=False)
    for x in calls:
        graph(x)
    return tf.constant(count)


numbers = 3
predicted = {"shapes": 4, "values": 1, "dtypes": 2, "numbers": numbers}

# %% graph
@tf.autograph.experimental.do_not_convert
def operations(f, x):
    types = {}
    compiled = tf.function(f)
    for node in compiled.get_concrete_function(x).graph.get_operations():
        types[node.type] = types.get(node.type, 0) + 1
    return tuple(sorted(types))
