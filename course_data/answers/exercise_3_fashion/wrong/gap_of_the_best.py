# why: the best accuracies
# fails: test_difference

# %% gap
def overfitting_gap(history):
    record = history.history
    return max(record["accuracy"]) - max(record["val_accuracy"]), int(np.argmin(record["val_loss"])) + 1
