# why: a line drawn by hand
# fails: test_clouds, test_cloud_model, test_cloud_history, test_cloud_curves

# %% clouds
cloud_model = None

def classify_clouds(x):
    return (np.asarray(x).sum(axis=1) > 0).astype(int)

def bayes_limit(a, s):
    return norm.cdf(np.sqrt(2) * a / s)
