# why: the 2 is missing
# fails: test_f1

# %% metrics
def scores(y, p):
    tp, fp, fn = np.sum((y == 1) & (p == 1)), np.sum((y == 0) & (p == 1)), np.sum((y == 1) & (p == 0))
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = precision * recall / (precision + recall) if precision + recall else 0.0
    return np.mean(y == p), precision, recall, f1

def expected_scores(signal, efficiency, fake_rate):
    found, fakes = signal * efficiency, (1 - signal) * fake_rate
    precision = found / (found + fakes) if found + fakes else 0.0
    f1 = 2 * found / (found + fakes + signal)
    return found + (1 - signal) * (1 - fake_rate), precision, efficiency, f1
