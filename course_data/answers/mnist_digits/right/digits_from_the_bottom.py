# why: pictures by pcolormesh, which draws from the bottom, with the rows turned round

# %% examples
import pandas as pd

table = pd.DataFrame(model.predict(x_test[:100], verbose=0), columns=range(10))
predicted = table.idxmax(axis="columns").to_numpy(dtype=int)
answers = pd.DataFrame({"wahr": test_labels[:100].astype(int), "vorhergesagt": predicted})
answers["falsch"] = answers.wahr != answers.vorhergesagt
chosen = answers.sort_values("falsch", ascending=False, kind="stable").head(15)

fig, axes = plt.subplots(3, 5, figsize=(9, 6.5))
for ax, digit in zip(axes.flat, chosen.itertuples()):
    ax.pcolormesh(test_images[digit.Index][::-1], cmap="Greys")
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(f"wahr {digit.wahr}\nvorhergesagt {digit.vorhergesagt}", fontsize=8, color="r" if digit.falsch else "k")
fig.tight_layout()
plt.show()
