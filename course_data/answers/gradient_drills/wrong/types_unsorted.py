# why: each type once, in the order of the graph
# fails: test_operations, test_operations_of_python

# %% graph
def operations(f, x):
    return list(dict.fromkeys(operation.type for operation in tf.function(f).get_concrete_function(x).graph.get_operations()))
