# why: an untrained network, and a rule that was known before
# fails: test_clouds, test_cloud_history, test_cloud_curves

# %% clouds
cloud_model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(1, activation="sigmoid")])


def classify_clouds(x):
    return (np.asarray(x).sum(axis=1) > 0).astype(int)

def bayes_limit(a, s):
    return norm.cdf(np.sqrt(2) * a / s)
