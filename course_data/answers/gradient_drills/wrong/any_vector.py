# why: the graph for a vector, whatever x is
# fails: test_operations_of_python

# %% graph
def operations(f, x):
    vector = tf.TensorSpec([None], tf.float32)
    graph = tf.function(f).get_concrete_function(vector).graph
    return sorted({operation.type for operation in graph.get_operations()})
