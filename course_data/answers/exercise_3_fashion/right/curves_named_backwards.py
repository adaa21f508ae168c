# why: the validation curve is drawn first, and the legend lists the curves in another order

# %% curves
for name in ("loss", "accuracy"):
    plt.figure()
    (after,) = plt.plot(history.history["val_" + name], "r--")
    (before,) = plt.plot(history.history[name], "b")
    plt.legend([before, after], ["training", "validation"])
    plt.xlabel("epoch")
    plt.ylabel(name)
    plt.show()
