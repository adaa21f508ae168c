# why: None, as before
# fails: test_repaired_integer

# %% repair
def repaired_numpy(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x) * x
    return tape.gradient(y, x)

def repaired_integer(f, n):
    n = tf.Variable(int(n))
    with tf.GradientTape() as tape:
        y = n * n
    return tape.gradient(y, n)

def repaired_order(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)
