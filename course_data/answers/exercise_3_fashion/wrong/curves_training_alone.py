# why: the validation is missing
# fails: test_loss_curves, test_accuracy_curves, test_curve_labels

# %% curves
fig, axes = plt.subplots(1, 2)
for ax, name in zip(axes, ("loss", "accuracy")):
    ax.plot(history.history[name], label="training")
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend()
plt.show()
