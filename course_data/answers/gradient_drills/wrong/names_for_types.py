# why: names of operations, such as Sin_1
# fails: test_operations, test_operations_of_python

# %% graph
def operations(f, x):
    return sorted(operation.name for operation in tf.function(f).get_concrete_function(x).graph.get_operations())
