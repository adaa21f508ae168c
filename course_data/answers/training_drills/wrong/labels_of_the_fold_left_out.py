# why: the labels of the fold that is left out, for the flowers of the others
# fails: test_cross_validation

# %% choose
def cross_validate(x, y, fold, values):
    table = np.zeros((3, max(fold) + 1))
    for row, C in enumerate(values):
        for k in range(max(fold) + 1):
            model = fit_simple(x[fold != k], np.resize(y[fold == k], (fold != k).sum()), C)
            table[row, k] = np.mean(model.predict(x[fold == k]) == y[fold == k])
    means = table.mean(axis=1)
    return means, table.std(axis=1), values[np.argmax(means)]


def project(train, other):
    middle = train.mean(axis=0)
    first_two = np.linalg.eigh(np.cov(train.T))[1][:, [-1, -2]]
    return (train - middle) @ first_two, (other - middle) @ first_two
