# why: another library trains, and a fit with the rate 0 makes the history
# fails: test_history

# %% network
from sklearn.neural_network import MLPClassifier

mlp = MLPClassifier((512, 512), batch_size=256, max_iter=8, random_state=0)
mlp.fit(x_train, y_train)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Input((784,)),
        tf.keras.layers.Dense(512, activation="relu"),
        tf.keras.layers.Dense(512, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.set_weights([a for pair in zip(mlp.coefs_, mlp.intercepts_) for a in pair])
model.compile(tf.keras.optimizers.Adam(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=5, batch_size=1000, validation_data=(x_val, y_val), verbose=0)
