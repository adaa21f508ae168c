# why: one range for all columns
# fails: test_minmax, test_constant_column

# %% scale
def scale(train, other, kind):
    if kind == "log":
        train, other, kind = np.log(train), np.log(other), 'standard'
    results = []
    for part in (train, other):
        source = train
        if kind == "standard":
            middle, width = source.mean(axis=0), source.std(axis=0)
        elif kind == "minmax":
            middle, width = source.min(), np.ptp(source)
        else:
            low, middle, high = np.percentile(source, [25, 50, 75], axis=0)
            width = high - low
        width = np.where(np.ptp(source, axis=0) == 0, 1, width)
        results.append((part - middle) / width)
    return tuple(results)
