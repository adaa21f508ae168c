# why: exp(2x) without the two
# fails: test_repaired_order

# %% repair
def repaired_numpy(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = tf.sin(x) * x
    return tape.gradient(y, x)

def repaired_integer(n):
    n = tf.Variable(float(n))
    with tf.GradientTape() as tape:
        y = n**2
    return tape.gradient(y, n)

def repaired_order(x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = tf.exp(2 * x) / 2
    return tape.gradient(y, x)
