# why: a colour bar beside each picture of the weights

# %% weights
variable = [w for w in model.trainable_weights if tuple(w.shape) == (512, 10)][0]
columns = zip(*variable.numpy())
output_weights = np.stack([np.array(column).reshape(16, 32, order="C") for column in columns])
fig, places = plt.subplot_mosaic([list("01234"), list("56789")], figsize=(11, 3.5), layout="constrained")
for name, ax in places.items():
    shown = ax.imshow(output_weights[int(name)], cmap="viridis", aspect="equal")
    ax.set(title=f"to {name}", xticks=[], yticks=[])
    fig.colorbar(shown, ax=ax, shrink=0.6)
plt.show()
