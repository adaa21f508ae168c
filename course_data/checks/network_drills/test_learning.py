"""Network drills, parts 6 and 7: a network in plain Python, back-propagation, and training with it. 8 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from autograder.checking import Function, Student, check, expect

Array = np.ndarray[Any, Any]
CLOSE = 1e-6  # far above the errors of a difference quotient, far below any mistake
# what makes or takes arrays: the network in plain Python is to be written with lists and loops
ARRAYS = (
    *(f"numpy.{name}" for name in ("array", "asarray", "dot", "matmul", "outer", "inner", "einsum", "sum", "zeros")),
    *(f"numpy.{name}" for name in ("zeros_like", "tanh", "exp", "multiply", "add", "stack", "vectorize")),
    *(
        f"tensorflow.{name}"
        for name in ("constant", "convert_to_tensor", "Variable", "GradientTape", "tanh", "sigmoid")
    ),
)
METHODS = (
    *("bfgs", "cg", "cobyla", "cobyqa", "dogleg", "lbfgsb", "neldermead", "newtoncg", "powell", "slsqp", "tnc"),
    *("trust_krylov", "trust_ncg", "trustregion_constr", "trustregion_exact"),
)
# what finds weights without following the student's own gradients; the inner names stop what was imported by name
READY_SOLVERS = (
    "numpy.linalg.lstsq",
    "numpy.linalg.solve",
    "numpy.linalg.pinv",
    "numpy.linalg.inv",
    "scipy.linalg.lstsq",
    "scipy.linalg.solve",
    "scipy.linalg.pinv",
    "scipy.optimize.minimize",
    *(f"scipy.optimize._minimize._minimize_{method}" for method in METHODS),
    *(f"scipy.optimize._optimize._minimize_{method}" for method in ("bfgs", "cg", "neldermead", "newtoncg", "powell")),
    "scipy.optimize._lsq.least_squares.trf",
    "scipy.optimize._lsq.least_squares.dogbox",
    "scipy.optimize._minpack._lmdif",
    "scipy.optimize._minpack._lmder",
    "scipy.optimize._differentialevolution.DifferentialEvolutionSolver",
    "numpy.linalg._umath_linalg.lstsq",
    "numpy.linalg._umath_linalg.solve",
    "numpy.linalg._umath_linalg.inv",
    "sklearn.neural_network.MLPClassifier",
    "sklearn.neural_network._multilayer_perceptron.safe_sparse_dot",  # of every pass of MLPClassifier
    "keras.src.backend.tensorflow.trainer.TFEpochIterator",  # of fit
    "keras.src.trainers.data_adapters.data_adapter_utils.unpack_x_y_sample_weight",  # of train_on_batch
)


# --- lists


@check(cell="lists", points=1, title="the forward pass in lists gives the prediction of each event")
def test_lists_forward(student: Student, rng: np.random.Generator) -> None:
    for n, hidden in ((3, 2), (1, 4), (2, 1)):
        x, y, parameters = one_event(rng, n, hidden)
        v, c, w, b = parameters
        h = np.tanh(x @ v + c)
        mistakes: dict[str, object] = {
            "the sigmoid is missing": h @ w + b,
            "the hidden layer has no activation function": expit((x @ v + c) @ w + b),
            "the biases of the hidden layer are missing": expit(np.tanh(x @ v) @ w + b),
            "the bias of the output is missing": expit(h @ w),
        }
        seen = in_lists(student, x, y, parameters)
        hint = "Sum over the inputs for each neuron, then over the neurons."
        expect.values(seen[0], expit(h @ w + b), "p", atol=CLOSE, hint=hint, mistakes=mistakes)


@check(cell="lists", points=2, title="the backward pass in lists agrees with difference quotients")
def test_lists_backward(student: Student, rng: np.random.Generator) -> None:
    for n, hidden in ((3, 2), (1, 4), (2, 3)):
        x, y, parameters = one_event(rng, n, hidden)
        v, c, w, b = parameters
        seen = in_lists(student, x, y, parameters)
        right = numerical(x[None], np.array([[y]], float), [v, c, w[:, None], np.array([b])])
        wanted = [right[0], right[1], right[2][:, 0], right[3][0]]
        for part, value, name in zip(seen[1:], wanted, ("dV", "dc", "dW", "db"), strict=True):
            mistakes: dict[str, object] = {"the sign is the wrong one": -value}
            hint = "From the loss backwards: b, W, then through W and tanh to c, then to V."
            expect.values(part, value, name, atol=CLOSE, hint=hint, mistakes=mistakes)
    expect_one_pass(student, rng)


OPERATIONS = ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow")
# numbers that count what is calculated with them; in an array they would be ordinary ones
COUNTING = Function(
    "lambda original: (shared.update(count=0), "
    "shared.update(seen=lambda name, one, other: (shared.update(count=shared['count'] + 1), "
    "result := getattr(float, name)(one, other), shared['Number'](result) if type(result) is float else result)[-1]), "
    "shared.update(Number=type('Number', (float,), {name: (lambda name: lambda one, other: "
    f"shared['seen'](name, one, other))(name) for name in {[f'__{name}__' for name in OPERATIONS]}}})), "
    "shared.update(made=lambda given: [shared['made'](part) for part in given] if isinstance(given, list) "
    "else shared['Number'](given)), "
    "lambda x, y, *rest: [original(shared['made'](x), y, *map(shared['made'], rest)), shared['count']])[-1]"
)
INPUTS, HIDDEN = 6, 8
MOST_FOR_EACH = 25  # operations for each weight: one pass takes 3 to 10, a difference quotient 100 and more


def expect_one_pass(student: Student, rng: np.random.Generator) -> None:
    """Fail unless the gradients come from one backward pass, in numbers of lists."""
    x, y, (v, c, w, b) = one_event(rng, INPUTS, HIDDEN)
    given = (x.tolist(), y, v.tolist(), c.tolist(), w.tolist(), b)
    seen = student.call_with({"network_in_lists": COUNTING}, "network_in_lists", *given)
    count = expect.parts(seen, 2, "network_in_lists gives five things")[1]
    weights = v.size + c.size + w.size + 1
    message = f"network_in_lists takes {count} operations for {weights} weights"
    one_pass = type(count) is int and count <= MOST_FOR_EACH * weights
    hint = "One forward and one backward pass: no difference quotients, which need the loss twice for each weight."
    expect.that(one_pass, message, hint=hint)
    hint = "Numbers in lists, as they are given: no arrays."
    expect.that(count >= v.size, f"{message}: it does not calculate with the numbers in the lists", hint=hint)


def one_event(rng: np.random.Generator, n: int, hidden: int) -> tuple[Array, int, list[Any]]:
    """Return one event, its label, and the weights V, c, W and b of a network."""
    shapes = ((n, hidden), (hidden,), (hidden,))
    return (
        rng.normal(size=n),
        int(rng.integers(2)),
        [*(rng.normal(size=shape) for shape in shapes), float(rng.normal())],
    )


def in_lists(student: Student, x: Array, y: int, parameters: list[Any]) -> list[Any]:
    """Return what the student's network in plain Python gives: a number, three lists and a number."""
    v, c, w, b = parameters
    given = (x.tolist(), y, v.tolist(), c.tolist(), w.tolist(), b)
    seen = expect.parts(
        student.call_without(ARRAYS, "network_in_lists", *given),
        5,
        "network_in_lists gives five things: p, dV, dc, dW, db",
    )
    for part, name in zip(seen[1:4], ("dV", "dc", "dW"), strict=True):
        expect.that(isinstance(part, list), f"{name} is {expect.kind(part)}, not a list", hint="Lists and loops alone.")
    return seen


# --- learn


def loss(x: Array, y: Array, parameters: list[Array]) -> float:
    """Return the binary cross entropy of the network with one hidden layer."""
    v, c, w, b = parameters
    p = expit(np.tanh(x @ v + c) @ w + b)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def numerical(x: Array, y: Array, parameters: list[Array], step: float = 1e-5) -> list[Array]:
    """Return the gradients by difference quotients, which do not depend on any formula."""
    gradients = []
    for at, parameter in enumerate(parameters):
        gradient = np.zeros_like(parameter)
        for place in np.ndindex(parameter.shape):
            sides = []
            for sign in (1, -1):
                moved = [array.copy() for array in parameters]
                moved[at][place] += sign * step
                sides.append(loss(x, y, moved))
            gradient[place] = (sides[0] - sides[1]) / (2 * step)
        gradients.append(gradient)
    return gradients


def check_gradients(student: Student, rng: np.random.Generator, which: dict[int, str], hint: str) -> None:
    """Fail unless some of the four gradients agree with difference quotients."""
    for events, n, hidden in ((5, 2, 3), (8, 3, 4)):
        x, y = rng.normal(size=(events, n)), rng.integers(0, 2, (events, 1)).astype(float)
        parameters = [rng.normal(size=shape) for shape in ((n, hidden), (hidden,), (hidden, 1), (1,))]
        seen = expect.parts(
            student.call("gradients", x, y, *parameters), 4, "gradients gives four things: dV, dc, dW, db"
        )
        right = numerical(x, y, parameters)
        for at, name in which.items():
            mistakes: dict[str, object] = {
                "the sign is the wrong one": -right[at],
                "this is a sum over the events, not a mean": events * right[at],
            }
            expect.values(seen[at], right[at], name, atol=1e-6, hint=hint, mistakes=mistakes)


@check(cell="learn", points=1, title="the gradients of the last layer agree with difference quotients")
def test_last_layer(student: Student, rng: np.random.Generator) -> None:
    check_gradients(student, rng, {2: "dW", 3: "db"}, "delta = (p - y) / N; dW = h^T delta, db its sum.")


@check(cell="learn", points=1.5, title="the gradients of the hidden layer agree with difference quotients")
def test_hidden_layer(student: Student, rng: np.random.Generator) -> None:
    check_gradients(student, rng, {0: "dV", 1: "dc"}, "Back through W and through tanh, whose slope is 1 - h^2.")
    # one difference quotient for each of 20,000 weights takes longer than a call may
    x, y = rng.normal(size=(300, 80)), rng.integers(0, 2, (300, 1)).astype(float)
    v, c, w, b = (rng.normal(size=shape) * 0.2 for shape in ((80, 250), (250,), (250, 1), (1,)))
    hidden = np.tanh(x @ v + c)
    back = ((expit(hidden @ w + b) - y) / len(x)) @ w.T * (1 - hidden**2)
    seen = expect.parts(student.call("gradients", x, y, v, c, w, b), 4, "gradients gives four things: dV, dc, dW, db")
    expect.values(seen[0], x.T @ back, "dV of a wide network", atol=1e-6, hint="Products of matrices, no loops.")


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TRUTHS = {"XOR": (0, 1, 1, 0), "its opposite": (1, 0, 0, 1), "AND": (0, 0, 0, 1)}


@check(cell="learn", points=1, title="learn finds weights for XOR and for other labels, from different starts")
def test_xor(student: Student, rng: np.random.Generator) -> None:
    for name, truth in TRUTHS.items():
        order = rng.permutation(4)
        expect_learns(student, CORNERS[order], np.array(truth, float)[order, None], int(rng.integers(10_000)), name)
    x, y = CORNERS, np.array(TRUTHS["XOR"], float)[:, None]
    one, other = (learned(student, x, y, seed)[0] for seed in (1, 2))
    message = "two seeds gave the same weights"
    expect.that(one.shape != other.shape or not np.allclose(one, other), message, hint="Begin with random weights.")


@check(cell="learn", points=1.5, title="learn finds weights for points anywhere in the plane")
def test_other_points(student: Student, rng: np.random.Generator) -> None:
    for number in (1, 2):
        x, y = scattered(rng, 6), rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])[:, None]
        expect_learns(student, x, y, int(rng.integers(10_000)), f"six points in the plane (try {number} of 2)")
    expect_own_gradients(student, rng)


UPHILL = Function(
    "lambda original: lambda *given, **named: tuple(-np.asarray(part) for part in original(*given, **named))"
)
LEAST_CALLS = 20
# the mean cosine of a step of V and the way downhill: 1 for plain steps, 0.2 and more for Adam, 0 for a random walk
LEAST_DOWNHILL = 0.1
# what takes the place of learn also tells how often gradients was called, for which events, and with which V at first
FOLLOWED = Function(
    "lambda original: lambda x, y, seed: "
    "[original(x, y, seed), shared.get('calls', 0), shared.get('hits', 0), shared.get('first'), "
    "shared.get('steps', 0), shared.get('downhill', 0.0)]"
)


def other_label(point: Array) -> Function:
    """Return what takes the place of `gradients`: for one of the events it is that of the other label."""
    return Function(
        "lambda original: lambda x, y, *rest, **named: ("
        "shared.update(calls=shared.get('calls', 0) + 1), "
        "v := np.array([*rest, *named.values()][0], float), shared.setdefault('first', v), "
        # of the sum of what gradients has returned since V moved last
        "moved := v - shared.get('last', v) if np.shape(v) == np.shape(shared.get('last', v)) else 0 * v, "
        "shared.update(steps=shared.get('steps', 0) + bool(moved.any()), "
        "downhill=shared.get('downhill', 0.0) - (float(np.sum(moved * shared['sum'])) "
        "/ max(float(np.sqrt(np.sum(moved**2) * np.sum(shared['sum']**2))), 1e-300) if moved.any() else 0.0)), "
        "shared.update(sum=0.0) if moved.any() or 'sum' not in shared else None, shared.update(last=v), "
        f"hit := np.isclose(np.reshape(np.asarray(x, float), (-1, 2)), {point.tolist()}).all(axis=1), "
        "shared.update(hits=shared.get('hits', 0) + int(hit.sum())), "
        "fits := np.size(y) == hit.size, "
        "labels := np.where(hit.reshape(np.shape(y)), 1 - np.asarray(y), y) if fits else y, "
        "result := original(x, labels, *rest, **named), "
        "shared.update(sum=shared['sum'] + np.array(result[0], float)), result)[-1]"
    )


def expect_own_gradients(student: Student, rng: np.random.Generator) -> None:
    """Fail unless learn follows what gradients returns: for one of the points it is that of the other label."""
    x, y = scattered(rng, 6), rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])[:, None]
    replaced = {"gradients": other_label(x[int(rng.integers(6))]), "learn": FOLLOWED}
    seen = expect.parts(student.call_with(replaced, "learn", x, y, 3), 6, "learn gives four things: V, c, W, b")
    calls, hits, steps = (seen[at] if type(seen[at]) is int else 0 for at in (1, 2, 4))
    downhill = seen[5] if isinstance(seen[5], float) and np.isfinite(seen[5]) else 0.0
    hint = "In each step learn calls gradients(x, y, V, c, W, b), and takes a step against what it returns."
    expect.that(calls >= LEAST_CALLS, f"learn calls gradients {calls} times", hint=hint)
    trained = predictions_of(seen[0], x)
    if hits == 0:  # the events were scaled before
        trained = predictions_of(student.call_with({"gradients": UPHILL}, "learn", x, y, 3), x)
    if trained is not None:
        message = "learn finds the labels even when gradients is that of another label: it does not use it"
        expect.that(trained.size == y.size and np.abs(trained.reshape(-1, 1) - y).max() >= 0.4, message, hint=hint)
    first, last = seen[3], expect.parts(seen[0], 4, "learn gives four things: V, c, W, b")[0]
    if isinstance(first, np.ndarray) and isinstance(last, np.ndarray) and first.shape == last.shape:
        moved = first.dtype.kind in "iuf" and last.dtype.kind in "iuf" and np.abs(first - last).max(initial=0) > 1e-6
        expect.that(moved, "V is what it was at the first step: the hidden layer is not trained", hint=hint)
    along = downhill / max(steps, 1)
    message = f"the cosine between a step of V and its gradient is {-along:.2f} on average: V does not follow it"
    expect.that(along >= LEAST_DOWNHILL or not steps, message, hint=hint)


def predictions_of(weights: object, x: Array) -> Array | None:
    """Return what a network of these weights says of each event; None for what are no weights of a network."""
    try:
        v, c, w, b = (expect.array(part).astype(float) for part in expect.parts(weights, 4, "four things"))
        with np.errstate(all="ignore"):
            hidden = np.tanh(x @ v + c.reshape(-1))
            return np.asarray(expit(hidden @ w.reshape(-1, 1) + b.reshape(-1)))
    except (expect.CheckFailed, ValueError):  # it does not arrive anywhere: it follows them
        return None


def scattered(rng: np.random.Generator, count: int) -> Array:
    """Return points in the square from -2 to 2, none closer to another than 1."""
    x = rng.uniform(-2, 2, (1, 2))
    while len(x) < count:
        point = rng.uniform(-2, 2, 2)
        if np.linalg.norm(x - point, axis=1).min() > 1:
            x = np.vstack([x, point])
        elif rng.random() < 0.01:  # the first points may leave no room for the others
            x = rng.uniform(-2, 2, (1, 2))
    return x


def expect_learns(student: Student, x: Array, y: Array, seed: int, name: str) -> None:
    """Fail unless the network of the weights that learn returns predicts each label within 0.1."""
    v, c, w, b = learned(student, x, y, seed)
    off = float(np.abs(expit(np.tanh(x @ v + c) @ w + b) - y).max())
    message = f"with the weights of learn for {name}, seed {seed}, one of the {len(x)} predictions is off by {off:.2f}"
    hint = "More hidden neurons, more steps, or a larger rate; and look at your gradients."
    expect.that(off < 0.1, message, hint=hint)


def learned(student: Student, x: Array, y: Array, seed: int) -> list[Array]:
    """Return the four trained arrays of the student's network; fail for anything else."""
    seen = expect.parts(
        student.call_without(READY_SOLVERS, "learn", x, y, seed), 4, "learn gives four things: V, c, W, b"
    )
    arrays = [expect.array(part, name) for part, name in zip(seen, ("V", "c", "W", "b"), strict=True)]
    for array, name in zip(arrays, ("V", "c", "W", "b"), strict=True):
        expect.finite(array, name, hint="A smaller rate.")
    expect.that(arrays[0].ndim == 2 and len(arrays[0]) == 2, f"V has the shape {arrays[0].shape}", hint="(2, hidden).")
    hidden = arrays[0].shape[1]
    for array, name, size in ((arrays[1], "c", hidden), (arrays[2], "W", hidden), (arrays[3], "b", 1)):
        expect.that(array.size == size, f"{name} has the shape {array.shape}, with {hidden} hidden neurons")
    v, c, w, b = arrays
    return [v.astype(float), c.reshape(hidden).astype(float), w.reshape(hidden, 1).astype(float), b.reshape(1)]
