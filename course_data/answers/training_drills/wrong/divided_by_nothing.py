# why: 0 / 0 for a dead channel
# fails: test_constant_column

# %% scale
def scale(train, other, kind):
    if kind == "log":
        train, other, kind = np.log(train), np.log(other), "standard"
    low, middle, high = np.percentile(train, [25, 50, 75], axis=0)
    shift, width = {"standard": (train.mean(0), train.std(0)), "minmax": (train.min(0), np.ptp(train, 0)), "robust": (middle, high - low)}[kind]
    return (train - shift) / width, (other - shift) / width
