# why: one number instead of two
# fails: test_difference, test_epoch

# %% gap
def overfitting_gap(history):
    return history.history["accuracy"][-1]
