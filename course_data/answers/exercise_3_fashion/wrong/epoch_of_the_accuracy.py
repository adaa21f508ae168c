# why: the epoch of the best accuracy
# fails: test_epoch

# %% gap
def overfitting_gap(history):
    record = history.history
    return record["accuracy"][-1] - record["val_accuracy"][-1], int(np.argmax(record["val_accuracy"])) + 1
