# %% classify

def predict(x):
    return np.full((len(x), 2), 0.5)
