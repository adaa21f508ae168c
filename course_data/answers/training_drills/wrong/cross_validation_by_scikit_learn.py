# why: a library call: fit_simple is not asked
# fails: test_cross_validation, test_choice

# %% choose
from sklearn.model_selection import PredefinedSplit, cross_val_score

def cross_validate(x, y, fold, values):
    table = np.array([cross_val_score(make_pipeline(StandardScaler(), LogisticRegression(C=C)), x, y, cv=PredefinedSplit(fold)) for C in values])
    means = table.mean(axis=1)
    return means, table.std(axis=1), values[np.argmax(means)]


def project(train, other):
    middle = train.mean(axis=0)
    first_two = np.linalg.eigh(np.cov(train.T))[1][:, [-1, -2]]
    return (train - middle) @ first_two, (other - middle) @ first_two
