# why: the counts at time zero for A
# fails: test_signal_and_background

# %% decay
def fit_decay(t, y, sigma):
    t, y, sigma = (tf.constant(each, tf.float32) for each in (t, y, sigma))
    p = tf.Variable([6.0, 2.5, 3.5])
    optimizer = tf.keras.optimizers.Adam(0.1)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            model = 100 * p[0] * tf.exp(-t / p[1]) + 10 * p[2]
            loss = tf.reduce_mean(((y - model) / sigma) ** 2)
        optimizer.apply(tape.gradient(loss, [p]), [p])
        return loss

    losses = [float(step()) for _ in range(400)]
    a, tau, b = p.numpy()
    return 100 * a + 10 * b, tau, 10 * b, losses
