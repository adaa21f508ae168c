# why: the mean is not subtracted
# fails: test_whiten_train

# %% whiten
def whiten(train, other):
    middle = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T))
    turn = vectors / np.sqrt(values)
    return train @ turn, other @ turn
