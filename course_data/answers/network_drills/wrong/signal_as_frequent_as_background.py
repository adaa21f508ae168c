# why: precision from the rates alone, as if half of the events were signal
# fails: test_rare_signal

# %% metrics
def scores(y, p):
    tp, fp, fn = np.sum((y == 1) & (p == 1)), np.sum((y == 0) & (p == 1)), np.sum((y == 1) & (p == 0))
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return np.mean(y == p), precision, recall, f1


def expected_scores(signal, efficiency, fake_rate):
    precision = efficiency / (efficiency + fake_rate) if efficiency + fake_rate else 0.0
    f1 = 2 * precision * efficiency / (precision + efficiency) if precision + efficiency else 0.0
    return signal * efficiency + (1 - signal) * (1 - fake_rate), precision, efficiency, f1
