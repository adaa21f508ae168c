# why: validation minus training
# fails: test_difference

# %% gap
def overfitting_gap(history):
    record = history.history
    return record["val_accuracy"][-1] - record["accuracy"][-1], int(np.argmin(record["val_loss"])) + 1
