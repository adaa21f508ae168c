# why: classes without pictures are left out
# fails: test_counts

# %% count
def count_classes(labels, n):
    return np.unique(labels, return_counts=True)[1]


def baseline(labels):
    return np.unique(labels, return_counts=True)[1].max() / len(labels)
