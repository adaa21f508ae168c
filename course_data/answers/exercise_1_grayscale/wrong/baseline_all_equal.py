# why: one divided by the number of classes
# fails: test_baseline

# %% count
def count_classes(labels, n):
    return np.bincount(labels.ravel(), minlength=n)

def baseline(labels):
    return 1 / len(np.unique(labels))
