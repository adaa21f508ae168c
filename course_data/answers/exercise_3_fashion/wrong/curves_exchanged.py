# why: the legend calls training validation, and validation training
# fails: test_curve_labels

# %% curves
fig, axes = plt.subplots(1, 2)
for ax, name in zip(axes, ("loss", "accuracy")):
    ax.plot(history.history[name])
    ax.plot(history.history["val_" + name])
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend(["validation", "training"])
plt.show()
