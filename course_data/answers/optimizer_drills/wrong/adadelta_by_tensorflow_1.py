# why: an optimizer of TensorFlow 1, with the means planted in it
# fails: test_adadelta, test_adadelta_near_zero

# %% adadelta
def adadelta_step(w, v, d, g, rate=0.001, rho=0.95, epsilon=1e-7):
    weight = tf.Variable(np.array(w, float))
    optimizer = tf.compat.v1.train.AdadeltaOptimizer(rate, rho, epsilon)
    optimizer._create_slots([weight])
    optimizer.get_slot(weight, "accum").assign(np.array(v, float))
    optimizer.get_slot(weight, "accum_update").assign(np.array(d, float))
    optimizer.apply_gradients([(tf.constant(np.array(g, float)), weight)])
    return weight.numpy(), optimizer.get_slot(weight, "accum").numpy(), optimizer.get_slot(weight, "accum_update").numpy()
