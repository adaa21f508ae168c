# why: other percentiles
# fails: test_robust

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
            middle, width = source.min(axis=0), np.ptp(source, axis=0)
        else:
            low, middle, high = np.percentile(source, [10, 50, 90], axis=0)
            width = high - low
        width = np.where(np.ptp(source, axis=0) == 0, 1, width)
        results.append((part - middle) / width)
    return tuple(results)
