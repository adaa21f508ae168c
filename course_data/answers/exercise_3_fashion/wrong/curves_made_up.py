# why: curves that are not those of the history
# fails: test_loss_curves, test_accuracy_curves

# %% curves
fig, axes = plt.subplots(1, 2)
for ax, name in zip(axes, ("loss", "accuracy")):
    ax.plot(np.linspace(1, 0, 20), label="training")
    ax.plot(np.linspace(1, 0.5, 20), label="validation")
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend()
plt.show()
