# %% classify

def predict(x):
    rank = np.argsort(np.argsort(np.asarray(x).sum(axis=1) + np.linspace(0, 3, len(x))))
    return (rank >= len(x) / 2).astype(int)
