"""Network drills, parts 5 to 10. 18 points.

Preparation of data, initial weights, back-propagation, and two classifications.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit
from scipy.stats import kurtosis
from sklearn.datasets import load_iris

from autograder.checking import Function, Generator, Student, check, expect
from autograder.checking.models import Model

Array = np.ndarray[Any, Any]
SMALL = 1e-5  # a width with a small number added, against a division by zero, is right too
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
# types of scikit-learn that are a logistic regression, or may have one inside
LOGISTIC = ("LogisticRegression", "LogisticRegressionCV", "Pipeline", "SGDClassifier", "OneVsRestClassifier")
SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
# shares by which a loss falls. Clouds: 0.09 and more from Keras's random weights, below 0.01 from the right border.
# Irises: 0.87 and more
FALL_CLOUDS, FALL_IRIS = 0.03, 0.3
# of scores, in their own width: 0.05 and more with ReLU, tanh, sigmoid or swish, 0 for a linear network
CURVATURE = 0.005
BAYES = 0.9214  # Phi(sqrt(2)): the most that any classifier reaches on the two clouds
NAMES = ("train", "val", "test")


# --- split


def parts_of(student: Student, x: Array, y: Array, seed: int) -> list[tuple[Array, Array]]:
    """Return the three parts; fail unless they are three pairs of x and y."""
    seen = student.call("split", x, y, seed)
    pairs = []
    three = expect.parts(seen, 3, "split gives three parts: train, validation, test")
    for name, part in zip(NAMES, three, strict=True):
        pair = expect.parts(part, 2, f"the part {name} is not a pair (x, y)")
        part_x, part_y = expect.array(pair[0], f"x_{name}"), expect.array(pair[1], f"y_{name}")
        expect.that(
            part_y.ndim == 1 and part_y.size > 0, f"y_{name} has the shape {part_y.shape}", hint="One label per event."
        )
        expect.shape(
            part_x, (len(part_y), 2), f"x_{name}, with {len(part_y)} labels,", hint="Each event with its label."
        )
        pairs.append((part_x, part_y))
    return pairs


def sorted_data(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return data that is sorted by its label; each event has its own number."""
    n = 10 * int(rng.integers(6, 12))
    return np.arange(2 * n).reshape(n, 2).astype(float), np.arange(n)


@check(cell="split", points=1, title="split cuts 60, 20 and 20 percent")
def test_sizes(student: Student, rng: np.random.Generator) -> None:
    for n in (len(sorted_data(rng)[1]), 50):
        sizes = [len(y) for _, y in parts_of(student, np.zeros((n, 2)), np.arange(n), 1)]
        # a boundary between two events may be rounded either way
        right = (
            all(abs(size - share * n) <= 1 for size, share in zip(sizes, (0.6, 0.2, 0.2), strict=True))
            and sum(sizes) == n
        )
        expect.that(right, f"{n} events were split into {sizes}", hint="Cut the shuffled order at 0.6 n and at 0.8 n.")


@check(cell="split", points=1, title="no event is in two parts, and each keeps its label")
def test_disjoint(student: Student, rng: np.random.Generator) -> None:
    x, y = sorted_data(rng)
    parts = parts_of(student, x, y, int(rng.integers(1000)))
    together = np.concatenate([part[1] for part in parts])
    twice = len(together) - len(np.unique(together))
    expect.that(
        twice == 0,
        f"{twice} event(s) are in more than one part",
        hint="Cut one order in three; do not draw three times.",
    )
    expect.that(len(together) == len(y), f"{len(y) - len(together)} event(s) are in no part")
    for name, (part_x, part_y) in zip(NAMES, parts, strict=True):
        same = np.array_equal(part_x[:, 0], 2 * part_y)
        expect.that(same, f"in the part {name} events and labels do not belong together", hint="One order for both.")


@check(cell="split", points=1, title="split shuffles, the same way for the same seed")
def test_shuffled(student: Student, rng: np.random.Generator) -> None:
    x, y = sorted_data(rng)
    seed = int(rng.integers(1000))
    one, again, other = (
        [part[0][:, 0] for part in parts_of(student, x, y, number)] for number in (seed, seed, seed + 1)
    )
    owner = np.zeros(len(y), int)
    for number, part in enumerate(one):
        owner[(part // 2).astype(int) % len(y)] = number
    # of events that are neighbours in the data, 0.44 are in the same part by chance, and nearly all if blocks were cut
    together = float(np.mean(owner[1:] == owner[:-1]))
    message = "events that stood together in the data are in the same part"
    expect.that(together < 0.8, message, hint="A permutation of the places, then cut.")
    equal = all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    expect.that(
        equal, "the same seed gave two different splits", hint="np.random.default_rng(seed) inside the function."
    )
    differs = not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    expect.that(differs, "another seed gave the same split", hint="The seed has to be used.")


# --- scale


def columns(rng: np.random.Generator, rows: int) -> Array:
    """Return two positive columns of very different size."""
    return np.asarray(rng.lognormal(size=(rows, 2)) * np.array([1.0, 1000.0]))


def right_scale(train: Array, other: Array, kind: str) -> tuple[Array, Array]:
    """Return both parts, scaled by the training part."""
    if kind == "log":
        return right_scale(np.log(train), np.log(other), "standard")
    low, middle, high = np.percentile(train, [25, 50, 75], axis=0)
    shift, width = {
        "standard": (train.mean(0), train.std(0)),
        "minmax": (train.min(0), np.ptp(train, 0)),
        "robust": (middle, high - low),
    }[kind]
    return (train - shift) / width, (other - shift) / width


def check_scale(student: Student, rng: np.random.Generator, kind: str, hint: str) -> None:
    """Fail unless both parts are right for one kind of scaling."""
    train, other = columns(rng, 40), columns(rng, 15)
    seen = expect.parts(student.call("scale", train, other, kind), 2, "scale gives two things: (train, other)")
    one, two = right_scale(train, other, kind)
    sample = float(np.sqrt(1 - 1 / len(train)))  # a standard deviation with n - 1 is allowed, too
    first = expect.array(seen[0], "the training part")
    if kind in ("standard", "log") and first.shape == one.shape and np.allclose(first, one * sample):
        one, two = one * sample, two * sample
    named: dict[str, object] = (
        {"all columns were scaled together": (train - train.mean()) / train.std()} if kind == "standard" else {}
    )
    expect.values(seen[0], one, f"the training part, '{kind}'", atol=SMALL, hint=hint, mistakes=named)
    own = right_scale(other, other, kind)[1]
    mistakes: dict[str, object] = {"it was scaled by its own numbers, not by those of the training part": own}
    expect.values(
        seen[1], two, f"the other part, '{kind}'", atol=SMALL, hint="Fit on train, use on both.", mistakes=mistakes
    )


@check(cell="scale", points=1, title="standard scaling by the training part")
def test_standard(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "standard", "Mean and standard deviation of each column: axis=0.")


@check(cell="scale", points=0.75, title="min-max scaling by the training part")
def test_minmax(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "minmax", "Minus the smallest, over the range, for each column.")


@check(cell="scale", points=0.75, title="robust scaling by median and quartiles")
def test_robust(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "robust", "The median, and the distance of the quartiles: percentiles 25 and 75.")


@check(cell="scale", points=0.5, title="log scaling takes the logarithm first")
def test_log(student: Student, rng: np.random.Generator) -> None:
    check_scale(student, rng, "log", "ln x, and then standard scaling of that.")


# --- start


@check(cell="start", points=1, title="xavier draws with the variance 2 / (n_in + n_out)")
def test_xavier_variance(student: Student, rng: np.random.Generator) -> None:
    for n_in, n_out in ((200, 300), (400, 50)):
        w = student_weights(student, n_in, n_out, int(rng.integers(1000)))
        seen, right = float(w.var()), 2 / (n_in + n_out)
        # with 20,000 or more weights the error of the variance is one percent
        message = f"the variance of {n_in} x {n_out} weights is {seen:.5f}"
        expect.that(
            abs(np.sqrt(seen) - right) > 0.05 * right,
            f"{message}: its root was to be the variance",
            hint="std = sqrt(var).",
        )
        expect.that(
            abs(seen / right - 1) < 0.06,
            message,
            hint="rng.normal wants the standard deviation, sqrt(2 / (n_in + n_out)).",
        )


@check(
    cell="start", points=0.5, title="xavier draws from a normal distribution around zero, with the generator it gets"
)
def test_xavier_shape(student: Student, rng: np.random.Generator) -> None:
    seed = int(rng.integers(1000))
    w, again, other = (student_weights(student, 250, 150, number) for number in (seed, seed, seed + 1))
    hint = "rng is handed in so that a start can be repeated: draw with rng.normal, not with np.random."
    expect.that(np.array_equal(w, again), "two generators of the same seed gave different weights", hint=hint)
    expect.that(not np.array_equal(w, other), "generators of different seeds gave the same weights", hint=hint)
    alike = np.abs(np.corrcoef(w[:, :20].T) - np.eye(20)).max()  # of independent neurons with 250 inputs: about 0.2
    expect.that(alike < 0.5, "neurons of the layer begin with the same weights", hint="Draw n_in x n_out numbers.")
    expect.that(
        abs(w.mean()) < 4 * w.std() / np.sqrt(w.size), f"the mean of the weights is {w.mean():.4f}", hint="Mean 0."
    )
    message = "the weights are not normally distributed"
    # 0 for a normal distribution, -0.6 for the one that Keras cuts off at two deviations, -1.2 for a uniform one
    bell = w.std() > 0 and -0.8 < float(kurtosis(w.ravel())) < 0.2
    expect.that(bell, message, hint="rng.normal, not rng.uniform.")


def student_weights(student: Student, n_in: int, n_out: int, seed: int) -> Array:
    """Return weights drawn by the student's function, with a generator of this seed."""
    w = expect.array(student.call("xavier", n_in, n_out, Generator(seed)), "xavier(n_in, n_out, rng)")
    expect.shape(w, (n_in, n_out), "xavier(n_in, n_out, rng)", hint="One row per input, one column per output.")
    return w


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
    expect_own_gradients(student, CORNERS, np.array(TRUTHS["XOR"], float)[:, None])


def expect_own_gradients(student: Student, x: Array, y: Array) -> None:
    """Fail if learn finds the labels even where the student's gradients point the other way."""
    uphill = Function("lambda original: lambda *given: tuple(-np.asarray(part) for part in original(*given))")
    try:
        seen = student.call_with({"gradients": uphill}, "learn", x, y, 3)
        v, c, w, b = (expect.array(part).astype(float) for part in expect.parts(seen, 4, "four things"))
        with np.errstate(all="ignore"):
            hidden = np.tanh(x @ v + c.reshape(-1))
            off = float(np.abs(expit(hidden @ w.reshape(-1, 1) + b.reshape(-1)) - y).max())
    except (expect.CheckFailed, ValueError):  # it does not arrive anywhere: it follows them
        return
    hint = "In each step learn calls gradients(x, y, V, c, W, b), and takes a step against what it returns."
    expect.that(
        not off < 0.4, "learn finds XOR even when gradients points the other way: it does not use it", hint=hint
    )


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


# --- clouds, iris


@check(cell="clouds", points=1.5, title="classify_clouds reaches the limit on points it has never seen")
def test_clouds(student: Student, rng: np.random.Generator) -> None:
    truth = rng.integers(0, 2, 5000)
    x = (rng.normal(size=(5000, 2)) + np.where(truth == 1, 1, -1)[:, None]).astype(np.float32)
    seen = expect.array(student.call("classify_clouds", x), "classify_clouds(x)")
    expect.shape(seen.squeeze(), (5000,), "classify_clouds(x)", hint="One class, 0 or 1, for each point.")
    accuracy = float(np.mean(seen.squeeze() == truth))
    # three standard deviations of 5000 trials, and as much again because there are only 2000 training points
    least = BAYES - 6 * float(np.sqrt(BAYES * (1 - BAYES) / 5000))
    message = f"{accuracy:.3f} of 5000 new points are classified correctly; the limit is {BAYES:.3f}"
    expect.that(accuracy > 0.2, f"{message}: the two classes are exchanged", hint="Class 1 is around (1, 1).")
    expect.that(accuracy >= least, message, hint="Does the loss still fall at the end? Is the output rounded at 0.5?")
    expect_asked(student, "classify_clouds", "cloud_model", x[:200])
    out = student.model("cloud_model", rng, shape=(2,)).outputs(x)
    classes = [out.argmax(axis=1)] if out.shape[1] == 2 else [out[:, 0] > 0.5, out[:, 0] > 0]
    own = max(float(np.mean(each == truth)) for each in classes)
    message = f"cloud_model itself is right for {own:.3f} of 5000 new points; the limit is {BAYES:.3f}"
    expect.that(own >= least, message, hint="Train it until its loss no longer falls.")


def expect_asked(student: Student, function: str, model: str, x: Array) -> None:
    """Fail unless a function passes on what a model says: of weights that are all zero every input is the same."""
    blind = expect.array(student.call_without_weights(function, model, x), f"{function}(x)").squeeze()
    message = f"{function} tells inputs apart even when all weights of {model} are zero"
    expect.that(blind.size == len(x) and np.unique(blind).size == 1, message, hint=f"Ask {model}, and nothing else.")


@check(cell="clouds", points=1, title="cloud_history is a training that begins with random weights")
def test_cloud_history(student: Student) -> None:
    expect_falling_loss(student, "cloud_history", "cloud_model", FALL_CLOUDS)


def expect_falling_loss(student: Student, name: str, model: str, least: float) -> None:
    """Fail unless a history is what fit returned, and its loss falls by at least this share.

    A history of more epochs than `fit` trained in this notebook is flagged for a person.
    """
    history = student.history(name)
    losses = history.record.get("loss", [])
    hint = f"{name} = {model}.fit(...): what fit returns, as it is."
    expect.that(history.asked > 0 and losses, f"{name} is not what fit() returns", hint=hint)
    expect.that(len(losses) > 1, f"{name} has one epoch: that shows no course of the loss", hint="epochs=5")
    expect.finite(np.array(losses), f"the loss in {name}", hint="A smaller learning rate.")
    seen = student.trained_epochs()
    if seen < history.epochs:
        student.flag(f"{name} tells of {history.epochs} epochs, but fit trained {seen} in this notebook")
    message = f"the loss in {name} is {losses[0]:.4f} in the first epoch and {losses[-1]:.4f} in the last"
    hint = f"From Keras's random weights it falls by {least:.0%} or more. Is the learning rate too small?"
    expect.that(losses[-1] <= (1 - least) * losses[0], message, hint=hint)


@check(cell="clouds", points=0.5, title="cloud_model has a hidden layer")
def test_cloud_model(student: Student) -> None:
    shapes = student.weight_shapes("cloud_model")
    matrices = [shape for shape in shapes if len(shape) == 2]
    expect.that(
        matrices[:1] != [] and matrices[0][0] == 2,
        f"cloud_model has weights of the shapes {shapes}",
        hint="Two inputs.",
    )
    expect.that(len(matrices) >= 2, "cloud_model has no hidden layer", hint="A Dense layer between input and output.")


def iris_accuracy(student: Student, name: str, x: Array, truth: Array) -> tuple[float, float]:
    """Return the accuracy on these flowers, and that of the species with the lowest accuracy."""
    seen = expect.array(student.call(name, x), f"{name}(x)")
    expect.shape(seen.squeeze(), (150,), f"{name}(x)", hint="One species, 0, 1 or 2, for each flower.")
    right = seen.squeeze() == truth
    return float(right.mean()), min(float(right[truth == k].mean()) for k in range(3))


def blurred_flowers(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return all flowers in random order, a little blurred, with their species."""
    flowers = load_iris()
    order = rng.permutation(150)
    return flowers.data[order] + rng.normal(0, 0.02, (150, 4)), flowers.target[order]


@check(cell="iris", points=0.5, title="classify_simple tells the species apart")
def test_iris_simple(student: Student, rng: np.random.Generator) -> None:
    kind = expect.kind(student.get("simple"))
    logistic = kind.rpartition(" ")[2] in (*LOGISTIC, *SEARCHES)
    expect.that(logistic, f"simple is {kind}", hint="simple = LogisticRegression(...).fit(...)")
    x, truth = blurred_flowers(rng)
    check_iris(student, "classify_simple", x, truth)
    blind = expect.array(student.call_without_weights("classify_simple", "network", x), "classify_simple(x)")
    same = np.array_equal(
        blind.squeeze(), expect.array(student.call("classify_simple", x), "classify_simple(x)").squeeze()
    )
    expect.that(same, "classify_simple asks the network", hint="It is the logistic regression's answer that is wanted.")


@check(cell="iris", points=1, title="classify_network tells the species apart")
def test_iris_network(student: Student, rng: np.random.Generator) -> None:
    x, truth = blurred_flowers(rng)
    check_iris(student, "classify_network", x, truth)
    expect_asked(student, "classify_network", "network", x)


@check(cell="iris", points=0.5, title="network has a hidden layer with a non-linear activation function")
def test_iris_nonlinear(student: Student, rng: np.random.Generator) -> None:
    matrices = [shape for shape in student.weight_shapes("network") if len(shape) == 2]
    expect.that(len(matrices) >= 2, "network has no hidden layer", hint="A Dense layer between input and output.")
    model = student.model("network", rng, shape=(4,))
    # it is not known whether the network gets scaled lengths or centimetres: inputs of both sizes are tried
    pairs = (rng.normal(0, 3, (2, 300, 4)), rng.uniform(0, 8, (2, 300, 4)))
    seen = max(curvature(model, one.astype(np.float32), other.astype(np.float32)) for one, other in pairs)
    message = "half-way between two flowers, the scores of network are the mean of the two: it is a linear model"
    expect.that(seen > CURVATURE, message, hint='activation="relu" in the hidden layer.')


def curvature(model: Model, one: Array, other: Array) -> float:
    """Return how far scores at the middle of two inputs are from their mean, in units of the scores' own width.

    The scores are the differences of log probabilities: of softmax behind a linear network they are linear.
    Probabilities that float32 cuts off are left out.
    """
    logs = np.stack([model.log_probabilities(x) for x in (one, other, (one + other) / 2)])
    if not model.rebuilt:
        logs = logs[:, (logs > np.log(1e-6)).all(axis=(0, 2))]
    if logs.shape[1] < 20 or logs.shape[2] < 2:
        return np.inf
    scores = logs[:, :, 1:] - logs[:, :, :1]
    off = np.abs(scores[2] - (scores[0] + scores[1]) / 2)
    return float(np.median(off) / max(scores[0].std(), 1e-12))


@check(cell="iris", points=0.5, title="network_history is a training that begins with random weights")
def test_iris_history(student: Student) -> None:
    expect_falling_loss(student, "network_history", "network", FALL_IRIS)


def check_iris(student: Student, name: str, x: Array, truth: Array) -> None:
    """Fail unless the accuracy is at least 0.92, and 0.8 for each species.

    Any sensible classifier reaches 0.95 to 0.98.
    """
    whole, worst = iris_accuracy(student, name, x, truth)
    hint = "Train longer, and scale new flowers by the numbers of the training part."
    expect.that(
        whole >= 0.92 and worst >= 0.8,
        f"{whole:.2f} of the flowers are right, {worst:.2f} of the hardest species",
        hint=hint,
    )
