# why: shares instead of numbers
# fails: test_counts

# %% count
def count_classes(labels, n):
    return np.bincount(labels.ravel(), minlength=n) / len(labels)


def baseline(labels):
    return np.unique(labels, return_counts=True)[1].max() / len(labels)
