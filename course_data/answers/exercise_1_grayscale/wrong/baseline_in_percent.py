# why: in percent
# fails: test_baseline

# %% count
def count_classes(labels, n):
    return np.bincount(labels.ravel(), minlength=n)

def baseline(labels):
    return 100 * np.bincount(labels.ravel()).max() / labels.size
