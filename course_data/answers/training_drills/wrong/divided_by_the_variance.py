# why: divided by the eigenvalue, not by its root
# fails: test_whiten_train, test_whiten_other

# %% whiten
def whiten(train, other):
    middle = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T))
    return (train - middle) @ vectors / values, (other - middle) @ vectors / values
