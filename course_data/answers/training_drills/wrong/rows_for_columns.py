# why: the eigenvectors are taken from the rows
# fails: test_whiten_train, test_whiten_other

# %% whiten
def whiten(train, other):
    middle = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T))
    turn = vectors.T / np.sqrt(values)
    return (train - middle) @ turn, (other - middle) @ turn
