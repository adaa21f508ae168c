# why: the fit without tf.function, in more steps than it needs

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
