# why: scikit-learn counts; lists instead of arrays

# %% errors
from sklearn.metrics import confusion_matrix

guess = model_cured.predict(x_test, batch_size=500, verbose=0).argmax(-1)
confusion = confusion_matrix(test_labels, guess).tolist()
pairs = [(confusion[i][j], (i, j)) for i in range(10) for j in range(10) if i != j]
most_confused = list(max(pairs)[1])
wrong = np.where(guess != test_labels)[0][-9:]
plt.figure(figsize=(9, 3))
for at, i in enumerate(wrong):
    plt.subplot(1, 9, at + 1)
    plt.imshow(x_test[i].reshape(28, 28), cmap="gray")
    plt.xlabel(f"{NAMES[test_labels[i]]}/{NAMES[guess[i]]}", fontsize=6)
plt.show()
