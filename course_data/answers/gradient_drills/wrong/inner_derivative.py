# why: half of f
# fails: test_repaired_order

# %% repair
def repaired_numpy(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x) * x
    return tape.gradient(y, x)

def repaired_integer(f, n):
    n = tf.Variable(float(n))
    with tf.GradientTape() as tape:
        y = f(n)
    return tape.gradient(y, n)

def repaired_order(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x) / 2
    return tape.gradient(y, x)
