# why: a start drawn at random, half of chi2 per degree of freedom, a rate that falls, losses after each step, tensors

# %% decay
def fit_decay(t, y, sigma):
    t, y, sigma = (tf.constant(each, tf.float64) for each in (t, y, sigma))
    p = tf.Variable(np.random.default_rng().uniform([4, 1.5, 2], [8, 3, 5]))
    rate = tf.keras.optimizers.schedules.ExponentialDecay(0.2, 100, 0.7)
    optimizer = tf.keras.optimizers.Adam(rate)

    def half_chi2():
        return tf.reduce_sum(((y - 100 * p[0] * tf.exp(-t / p[1]) - 10 * p[2]) / sigma) ** 2) / (2 * (len(t) - 3))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = half_chi2()
        optimizer.apply(tape.gradient(loss, [p]), [p])
        return half_chi2()

    losses = tf.stack([step() for _ in range(700)])
    return 100 * p[0], p[1], 10 * p[2], losses

# %% rates
too_small, good, too_large = np.float64(0.003), tf.constant(0.11), 1
