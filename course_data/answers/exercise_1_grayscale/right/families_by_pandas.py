# why: pandas groups and counts, images shown as floats

# %% members
import pandas as pd

def members(fine, coarse):
    table = pd.DataFrame({"fine": fine.ravel(), "coarse": coarse.ravel()})
    return [sorted(group.unique()) for _, group in table.groupby("coarse")["fine"]]

# %% count
import pandas as pd

def count_classes(labels, n):
    return pd.Series(labels[:, 0]).value_counts().reindex(range(n), fill_value=0).to_numpy()

def baseline(labels):
    return pd.Series(labels[:, 0]).value_counts(normalize=True).iloc[0]

# %% show_family
fig, axes = plt.subplots(5, 4, figsize=(7, 9))
for k, label in enumerate(members(fine_train, coarse_train)[11]):
    chosen = images_train[fine_train[:, 0] == label][10:14] / 255.0
    for ax, image in zip(axes[k], chosen):
        ax.imshow(image)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.set_xlabel(f"class {label}")
plt.show()
