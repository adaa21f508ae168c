# why: the last place alone
# fails: test_path_length, test_path_values

# %% descent
def descend(start, rate, steps):
    path = [float(start)]
    for _ in range(steps):
        path.append(path[-1] - rate * 2 * (path[-1] - 3))
    return path[-1]
