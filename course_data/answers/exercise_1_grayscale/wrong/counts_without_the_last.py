# why: empty classes at the end are missing
# fails: test_counts

# %% count
def count_classes(labels, n):
    return np.bincount(labels.ravel())


def baseline(labels):
    return np.unique(labels, return_counts=True)[1].max() / len(labels)
