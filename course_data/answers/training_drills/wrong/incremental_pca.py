# why: project uses the forbidden ready-made PCA through its twin IncrementalPCA
# fails: test_project

# %% choose
from sklearn.decomposition import IncrementalPCA


def cross_validate(x, y, fold, values):
    table = []
    for C in values:
        row = []
        for k in np.unique(fold):
            model = fit_simple(x[fold != k], y[fold != k], C)
            row.append(np.mean(model.predict(x[fold == k]) == y[fold == k]))
        table.append(row)
    means, spreads = np.mean(table, axis=1), np.std(table, axis=1)
    return means, spreads, values[int(np.argmax(means))]


def project(train, other):
    machine = IncrementalPCA(n_components=2, batch_size=len(train)).fit(train)
    return machine.transform(train), machine.transform(other)
