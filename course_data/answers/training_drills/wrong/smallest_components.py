# why: the directions with the smallest variance
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
    middle = train.mean(axis=0)
    first_two = np.linalg.eigh(np.cov(train.T))[1][:, [0, 1]]
    return (train - middle) @ first_two, (other - middle) @ first_two
