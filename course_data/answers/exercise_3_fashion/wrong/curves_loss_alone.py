# why: the accuracy is missing
# fails: test_accuracy_curves

# %% curves
fig, axes = plt.subplots(1, 2)
for ax, name in zip(axes, ("loss", "loss")):
    ax.plot(history.history[name], label="training")
    ax.plot(history.history["val_" + name], label="validation")
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend()
plt.show()
