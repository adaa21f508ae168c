# why: losses instead of accuracies
# fails: test_difference

# %% gap
def overfitting_gap(history):
    record = history.history
    return record["loss"][-1] - record["val_loss"][-1], int(np.argmin(record["val_loss"])) + 1
