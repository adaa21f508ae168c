# why: one function that asks the tape, used by all parts; then NumPy, formulas, signatures and an old graph

# %% slope
def by_tape(function, *places):
    places = [tf.Variable(place) for place in places]
    with tf.GradientTape() as tape:
        value = function(*places)
    return tape.gradient(value, places)

def slope_of(f, x):
    return by_tape(f, np.float64(x))[0].numpy()

# %% layer
def layer_gradients(loss, w, b, x):
    return by_tape(lambda w, b: loss(tf.einsum("en,nm->em", x, w) + b), w, b)

# %% twice
def two_slopes(f, g, x):
    y = f(tf.constant(float(x)))
    return [float(by_tape(f, float(x))[0]), float(by_tape(g, y)[0])]

# %% watch
def force(potential, points):
    return -np.reshape([by_tape(potential, point)[0] for point in np.ravel(points)], np.shape(points))

# %% curvature
def curvature(potential, r):
    return float(by_tape(lambda r: by_inner_tape(potential, r), float(r))[0])

def by_inner_tape(potential, r):
    with tf.GradientTape() as tape:
        tape.watch(r)
        v = potential(r)
    return tape.gradient(v, r)

# %% repair
def repaired_numpy(f, x):
    return slope_of(lambda x: x * f(x), x)

def repaired_integer(f, n):
    return slope_of(f, float(n))

def repaired_order(f, x):
    return slope_of(f, x)

# %% neuron
def sigma(u):
    return 1 / (1 + np.exp(-u))

def neuron_gradient(w, b, x, y):
    a = sigma(np.dot(w, x) + b)
    db = 2 * (a - y) * a * (1 - a)
    return [db * each for each in x], db

# %% traces
def count_traces(f, calls):
    made = []
    graph = tf.function(lambda x: made.append(x) or f(x), autograph=False)
    for x in calls:
        graph(x)
    return float(len(made))


predicted = dict(values=1.0, numbers=np.int64(3), shapes=tf.constant(4), dtypes=2)

# %% graph
def operations(f, x):
    with tf.Graph().as_default() as graph:
        f(tf.compat.v1.placeholder(x.dtype, x.shape))
    types = []
    for node in graph.as_graph_def().node:
        if node.op not in types:
            types.append(node.op)
    return sorted(types)
