# %% classify

def predict(x):
    return np.full(len(x), int(labels.mean() > 0.5))
