# why: the operations of the example, whatever f is
# fails: test_operations, test_operations_of_python

# %% graph
def operations(f, x):
    return ["Identity", "Mul", "Placeholder", "Sin"]
