# why: scikit-learn computes the four numbers
# fails: test_accuracy, test_precision, test_recall, test_f1, test_nothing_positive

# %% metrics
from sklearn import metrics


def scores(y, p):
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(y, p, average="binary", zero_division=0)
    return metrics.accuracy_score(y, p), precision, recall, f1


def expected_scores(signal, efficiency, fake_rate):
    found, fakes = signal * efficiency, (1 - signal) * fake_rate
    precision = found / (found + fakes) if found + fakes else 0.0
    f1 = 2 * found / (found + fakes + signal)
    return found + (1 - signal) * (1 - fake_rate), precision, efficiency, f1
