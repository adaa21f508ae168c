# why: the optimizers of Keras take the step, with the means planted in them
# fails: test_momentum, test_adam, test_adam_means

# %% momentum
def momentum_step(w, v, g, rate, beta):
    """One step with momentum."""
    weight = tf.Variable(np.array(w, float))
    optimizer = tf.keras.optimizers.SGD(rate, momentum=beta)
    optimizer.build([weight])
    optimizer.momentums[0].assign(np.array(v, float))
    optimizer.apply([tf.constant(np.array(g, float))], [weight])
    return weight.numpy(), np.array(optimizer.momentums[0])

# %% adam
def adam_step(w, m, v, g, t, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of Adam."""
    weight = tf.Variable(np.array(w, float))
    optimizer = tf.keras.optimizers.Adam(rate, beta_1, beta_2, epsilon)
    optimizer.build([weight])
    optimizer.iterations.assign(t - 1)
    optimizer._momentums[0].assign(np.array(m, float))
    optimizer._velocities[0].assign(np.array(v, float))
    optimizer.apply([tf.constant(np.array(g, float))], [weight])
    return weight.numpy(), np.array(optimizer._momentums[0]), np.array(optimizer._velocities[0])
