# why: takes one step where none is asked for
# fails: test_path_length

# %% descent
def descend(start, rate, steps):
    path = [float(start), start - rate * 2 * (start - 3)]
    while len(path) <= steps:
        path.append(path[-1] - rate * 2 * (path[-1] - 3))
    return path
