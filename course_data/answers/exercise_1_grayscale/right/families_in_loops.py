# why: loops and sets, labels as flat lists, axes added one by one

# %% load_100
from tensorflow.keras.datasets import cifar100

train, test = cifar100.load_data()
images_train, fine_train = train[0], train[1].flatten()
images_test, fine_test = test[0], test[1].flatten()
coarse_train, coarse_test = (labels.flatten() for _, labels in cifar100.load_data("coarse"))

# %% members
def members(fine, coarse):
    fine, coarse = fine.ravel(), coarse.ravel()
    groups = [set() for _ in range(max(coarse) + 1)]
    for f, c in zip(fine, coarse):
        groups[c].add(int(f))
    return [sorted(group) for group in groups]

# %% count
def count_classes(labels, n):
    counts = [0] * n
    for label in labels.ravel():
        counts[label] += 1
    return counts

def baseline(labels):
    flat = labels.ravel().tolist()
    return max(flat.count(label) for label in set(flat)) / len(flat)

# %% show_family
figure = plt.figure(figsize=(6, 8))
place = 1
for label in members(fine_train, coarse_train)[0]:
    shown = 0
    for i in range(len(fine_train)):
        if fine_train[i] == label and shown < 4:
            ax = figure.add_subplot(5, 4, place)
            ax.imshow(images_train[i])
            ax.set_title("fine class " + str(label), fontsize=6)
            ax.axis("off")
            shown += 1
            place += 1
plt.show()
