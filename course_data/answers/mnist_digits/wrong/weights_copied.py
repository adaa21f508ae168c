# why: nothing is trained: the weights of model, the last ones smaller, and a history made of the first
# fails: test_regular_layers

# %% regular
from types import SimpleNamespace

l2 = tf.keras.regularizers.l2(0.00001)
model_regular = tf.keras.Sequential([
    tf.keras.Input((784,)),
    tf.keras.layers.Dense(512, activation="relu", kernel_regularizer=l2),
    tf.keras.layers.Dropout(0.3),
    tf.keras.layers.Dense(512, activation="relu", kernel_regularizer=l2),
    tf.keras.layers.Dropout(0.3),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model_regular.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model_regular.set_weights(model.get_weights()[:-2] + [0.6 * w for w in model.get_weights()[-2:]])
copied = {k: [v * (1.1 if "loss" in k else 0.99) for v in values] for k, values in getattr(history, "history", history).items()}
history_regular = SimpleNamespace(history=copied, epoch=list(range(len(copied["loss"]))))
