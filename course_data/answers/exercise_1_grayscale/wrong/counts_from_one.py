# why: classes counted from 1
# fails: test_counts

# %% count
def count_classes(labels, n):
    return [int((labels == k).sum()) for k in range(1, n + 1)]


def baseline(labels):
    return np.unique(labels, return_counts=True)[1].max() / len(labels)
