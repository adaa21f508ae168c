# why: the other part is whitened by its own covariance
# fails: test_whiten_other

# %% whiten
def whiten(train, other):
    middle = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T))
    results = []
    for part in (train, other):
        values, vectors = np.linalg.eigh(np.cov(part.T))
        results.append((part - part.mean(axis=0)) @ vectors / np.sqrt(values))
    return results
