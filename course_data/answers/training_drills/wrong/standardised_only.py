# why: each column by itself: the correlations stay
# fails: test_whiten_train, test_whiten_other

# %% whiten
def whiten(train, other):
    middle = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T))
    return (train - middle) / train.std(axis=0), (other - middle) / train.std(axis=0)
