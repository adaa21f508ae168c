# why: 0 for 1
# fails: test_clouds

# %% clouds
tf.keras.utils.set_random_seed(0)
cloud_model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(8, activation='relu'), tf.keras.layers.Dense(1, activation='sigmoid')])
cloud_model.compile(tf.keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=8, batch_size=64, verbose=0)

plt.figure()
plt.plot(cloud_history.history["loss"], label="loss")
plt.plot(cloud_history.history["accuracy"], label="accuracy")
plt.legend()
plt.show()

def classify_clouds(x):
    return np.where(cloud_model(x)[:, 0] < 0.5, 1, 0)

def bayes_limit(a, s):
    return norm.cdf(np.sqrt(2) * a / s)
