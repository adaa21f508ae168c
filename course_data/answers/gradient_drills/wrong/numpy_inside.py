# why: np.sin of the value
# fails: test_repaired_numpy

# %% repair
def repaired_numpy(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = tf.constant(np.sin(float(x)), tf.float32) * x
    return tape.gradient(y, x)

def repaired_integer(n):
    n = tf.Variable(float(n))
    with tf.GradientTape() as tape:
        y = n**2
    return tape.gradient(y, n)

def repaired_order(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = tf.exp(2 * x)
    return tape.gradient(y, x)
