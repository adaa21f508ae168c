# why: learn lets Keras follow its own gradients
# fails: test_xor, test_other_points

# %% learn
import tensorflow as tf

def gradients(x, y, V, c, W, b):
    h = np.tanh(x @ V + c)
    p = 1 / (1 + np.exp(-(h @ W + b)))
    delta = (p - y) / len(x)
    back = (delta @ W.T) * (1 - h**2)
    return x.T @ back, back.sum(axis=0), h.T @ delta, delta.sum(axis=0)

def learn(x, y, seed):
    tf.keras.utils.set_random_seed(seed)
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(1, activation="sigmoid")])
    model.compile(tf.keras.optimizers.Adam(0.1), "binary_crossentropy")
    model.fit(x, y, epochs=300, batch_size=len(x), verbose=0)
    return model.get_weights()
