# why: the fit without tf.function, rates by a search, memories changed in place

# %% decay
def fit_decay(t, y, sigma):
    parameters, losses = tf.Variable([5.0, 2.0, 3.0]), []
    optimizer = tf.keras.optimizers.Adam(0.1)
    for _ in range(600):
        with tf.GradientTape() as tape:
            a, tau, b = tf.unstack(parameters)
            loss = tf.reduce_mean(((y - 100 * a * tf.exp(-t / tau) - 10 * b) / sigma) ** 2)
        optimizer.apply_gradients([(tape.gradient(loss, parameters), parameters)])
        losses.append(float(loss))
    return 100 * float(parameters[0]), float(parameters[1]), 10 * float(parameters[2]), losses

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    a += g**2
    w -= rate * g / np.sqrt(a + epsilon)
    return np.stack([w, a])

# %% ravine
def arrives(name, rate):
    height = ravine(walk(name, rate))
    return bool(np.isfinite(height).all()) and height[-1] < 0.009 * height[0] and height.max() <= height[0]


with np.errstate(all="ignore"):
    rates = {
        name: [rate for rate in np.geomspace(1e-3, 1e3, 121) if arrives(name, rate)][-2]
        for name in ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adadelta", "ftrl")
    }
