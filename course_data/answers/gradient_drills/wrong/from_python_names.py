# why: the names in the code of f, in place of its graph
# fails: test_operations, test_operations_of_python

# %% graph
def operations(f, x):
    names = {name.capitalize() for name in f.__code__.co_names if name not in ("tf", "nn", "shape", "dtype", "rank")}
    return sorted({"Identity", "Placeholder", *names})
