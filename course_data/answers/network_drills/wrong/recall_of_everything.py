# why: divided by all events
# fails: test_recall

# %% metrics
def scores(y, p):
    tp, fp, fn = np.sum((y == 1) & (p == 1)), np.sum((y == 0) & (p == 1)), np.sum((y == 1) & (p == 0))
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / len(y)
    f1 = 2 * tp / (2 * tp + fp + fn) if tp else 0.0
    return np.mean(y == p), precision, recall, f1
