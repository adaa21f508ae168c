# why: four curves in one figure with two axes, epochs from 1, accuracy in percent

# %% curves
record, epochs = history.history, np.arange(len(history.history["loss"])) + 1
plt.plot(epochs, record["loss"], "b-", label="train loss")
plt.plot(epochs, record["val_loss"], "b--", label="val loss")
plt.legend(loc="upper left")
plt.xlabel("Epochs")
twin = plt.gca().twinx()
twin.plot(epochs, 100 * np.array(record["accuracy"]), "r-", label="train accuracy")
twin.plot(epochs, 100 * np.array(record["val_accuracy"]), "r--", label="val accuracy")
twin.legend(loc="lower right")
plt.title("Learning by heart")
plt.show()

# %% gap
def overfitting_gap(h):
    last = len(h.history["accuracy"]) - 1
    best = min(range(len(h.history["val_loss"])), key=lambda at: h.history["val_loss"][at])
    return np.array([h.history["accuracy"][last] - h.history["val_accuracy"][last], best + 1])
