# why: Keras' layers do the forward pass
# fails: test_perceptron, test_forward

# %% forward
import tensorflow as tf

def perceptron(x, w0, w):
    neuron = tf.keras.layers.Dense(1, dtype="float64")
    neuron.build((None, len(w)))
    neuron.set_weights([np.reshape(w, (-1, 1)), np.array([w0], float)])
    return np.heaviside(np.asarray(neuron(np.asarray(x, float)))[:, 0], 1)


def forward(x, weights, biases):
    layers = [tf.keras.layers.Dense(np.shape(w)[1], activation="tanh", dtype="float64") for w in weights]
    layers[-1].activation = tf.keras.activations.linear
    out = tf.convert_to_tensor(np.asarray(x, float))
    for layer, w, b in zip(layers, weights, biases):
        layer.build((None, np.shape(w)[0]))
        layer.set_weights([np.asarray(w, float), np.asarray(b, float)])
        out = layer(out)
    return out.numpy()
