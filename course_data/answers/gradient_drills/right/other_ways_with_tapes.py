# why: watched constants, float64, nested functions, a traced function asked for its count

# %% slope
def slope_of(f, x):
    x = tf.constant(x, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x).numpy()

# %% layer
def layer_gradients(loss, w, b, x):
    w = tf.convert_to_tensor(w)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([w, b])
        y = tf.matmul(x, w) + b
        value = loss(y)
    return (tape.gradient(value, w), tape.gradient(value, b).numpy())

# %% twice
def two_slopes(f, g, x):
    x = tf.Variable(x, dtype=tf.float64)
    with tf.GradientTape() as first:
        y = f(x)
    with tf.GradientTape() as second:
        second.watch(y)
        z = g(y)
    return first.gradient(y, x), second.gradient(z, y)

# %% watch
def force(potential, points):
    x = tf.Variable(points)
    with tf.GradientTape() as tape:
        v = -potential(x)
    return tape.gradient(v, x)

# %% curvature
def curvature(potential, r):
    r = tf.Variable(r, dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        with tf.GradientTape() as tape2:
            v = potential(r)
        dv = tape2.gradient(v, r)
    return float(tape.gradient(dv, r))

# %% repair
def repaired_numpy(f, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * f(x)
    return tape.gradient(y, x)

def repaired_integer(f, n):
    n = tf.Variable(n, dtype=tf.float32)
    with tf.GradientTape() as tape:
        y = f(n)
    return tape.gradient(y, n)

def repaired_order(f, x):
    x = tf.Variable(float(x))
    with tf.GradientTape() as tape:
        y = f(x)
        z = y
    return tape.gradient(z, x)

# %% neuron
def neuron_gradient(w, b, x, y):
    a = tf.sigmoid(tf.tensordot(w, x, 1) + b)
    common = 2 * (a - y) * a * (1 - a)
    return tf.stack([common * each for each in x]), common

# %% traces
predicted = {}
predicted["values"] = 1
predicted["numbers"] = len({1.0, 2.0, 3.0, 1.0})
predicted["shapes"] = 4
predicted["dtypes"] = 2


def count_traces(f, calls):
    graph = tf.function(f)
    [graph(x) for x in calls]
    return graph.experimental_get_tracing_count()

# %% graph
def operations(f, x):
    concrete = tf.function(f).get_concrete_function(tf.TensorSpec(x.shape, x.dtype))
    return np.unique([node.op for node in concrete.graph.as_graph_def().node])
