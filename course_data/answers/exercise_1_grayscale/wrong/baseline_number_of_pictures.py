# why: the number of pictures, not divided
# fails: test_baseline

# %% count
def count_classes(labels, n):
    return np.bincount(labels.ravel(), minlength=n)

def baseline(labels):
    return np.bincount(labels.ravel()).max()
