# why: the variable is an integer still
# fails: test_repaired_integer

# %% repair
def repaired_numpy(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x) * x
    return tape.gradient(y, x)

def repaired_integer(f, n):
    n = tf.Variable(n)
    with tf.GradientTape() as tape:
        y = f(tf.cast(n, tf.float32))
    return tape.gradient(y, n)

def repaired_order(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)
