# why: leaves out the operations that join two tensors
# fails: test_operations

# %% graph
def operations(f, x):
    graph = tf.function(f).get_concrete_function(x).graph
    return sorted({operation.type for operation in graph.get_operations() if len(operation.inputs) != 2})
