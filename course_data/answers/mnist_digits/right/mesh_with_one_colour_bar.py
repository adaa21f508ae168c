# why: pictures by pcolormesh, one colour bar for all

# %% weights
W = np.asarray(model.weights[-2])
unit = np.eye(10)
output_weights = np.einsum("jk,dk->dj", W, unit).reshape((-1, 16, 32))
limit = np.quantile(np.abs(output_weights), 0.99)
fig, axes = plt.subplots(5, 2, figsize=(8, 10), sharex=True, sharey=True)
for ax, picture, digit in zip(axes.T.flat, output_weights, "0123456789"):
    mesh = ax.pcolormesh(picture, cmap="seismic", vmin=-limit, vmax=limit)
    ax.set_title("digit " + digit)
axes[0, 0].invert_yaxis()
fig.colorbar(mesh, ax=axes, label="weight")
plt.show()
