# why: Keras's optimizer, with the sum planted in it
# fails: test_adagrad, test_adagrad_near_zero

# %% adagrad
def adagrad_step(w, a, g, rate=0.001, epsilon=1e-7):
    weight = tf.Variable(np.array(w, float))
    optimizer = tf.keras.optimizers.Adagrad(rate, epsilon=epsilon)
    optimizer.build([weight])
    optimizer._accumulators[0].assign(np.array(a, float))
    optimizer.update_step(tf.constant(np.array(g, float)), weight, tf.constant(rate, tf.float64))
    return weight.numpy(), np.array(optimizer._accumulators[0])
