# why: Keras' own names in the legend, loss and val_loss

# %% curves
for name in ("loss", "accuracy"):
    plt.figure()
    plt.plot(history.history[name], label=name)
    plt.plot(history.history["val_" + name], label="val_" + name)
    plt.xlabel("Epoch")
    plt.legend()
plt.show()
