# why: a library call does the whole task
# fails: test_whiten_train, test_whiten_other

# %% whiten
from sklearn.decomposition import PCA

def whiten(train, other):
    fitted = PCA(whiten=True).fit(train)
    return fitted.transform(train), fitted.transform(other)
