# why: the sum of all terms
# fails: test_loss

# %% resolution
def pulls(measured, true, sigma):
    return (measured - true[:, tf.newaxis]) / sigma

def worst(measured, true, sigma):
    sizes = tf.abs(pulls(measured, true, sigma))
    return tf.argmax(sizes, axis=0), tf.reduce_max(sizes, axis=0)

def resolution(measured, true):
    relative = measured / true[:, tf.newaxis] - 1
    return tf.sqrt(tf.reduce_mean(tf.square(relative), axis=0))

def loss(measured, true, sigma):
    logarithm = -tf.square(pulls(measured, true, sigma)) / 2 - tf.math.log(sigma)
    return tf.negative(tf.reduce_sum(logarithm)) + 0.5 * np.log(2 * np.pi)
