# why: a library call does the projection
# fails: test_project

# %% choose
def cross_validate(x, y, fold, values):
    table = np.zeros((3, max(fold) + 1))
    for row, C in enumerate(values):
        for k in range(max(fold) + 1):
            model = fit_simple(x[fold != k], y[fold != k], C)
            table[row, k] = np.mean(model.predict(x[fold == k]) == y[fold == k])
    means = table.mean(axis=1)
    return means, table.std(axis=1), values[np.argmax(means)]


def project(train, other):
    from sklearn.decomposition import PCA
    fitted = PCA(2).fit(train)
    return fitted.transform(train), fitted.transform(other)
