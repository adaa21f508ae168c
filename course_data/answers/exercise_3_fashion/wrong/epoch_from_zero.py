# why: counted from 0
# fails: test_epoch

# %% gap
def overfitting_gap(history):
    record = history.history
    return record["accuracy"][-1] - record["val_accuracy"][-1], int(np.argmin(record["val_loss"]))
