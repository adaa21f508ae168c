# why: the cure is in the baseline already; on the published data its gap is 0.054 and the threshold 0.057: either may be
# data: stand-in
# fails: test_overfits, test_cure, test_gap_closed

# %% build
def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.6), layers.Dense(128, activation="relu"), layers.Dropout(0.6), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=64, verbose=0)
