"""Network drills, parts 2 to 4: activations, the forward pass, losses. 10 points."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from scipy.special import expit

from autograder.checking import Function, Student, check, expect

Array = np.ndarray[Any, Any]
EXACT = 1e-9  # 64 bits, a handful of operations
CLOSE = 1e-6
NAMES = ("linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "swish")
EPSILON = 1e-7


def function(name: str, x: Array) -> Array:
    """Return one of the lecture's activation functions at x."""
    values: dict[str, Array] = {
        "linear": x,
        "step": (x >= 0).astype(float),
        "sigmoid": expit(x),
        "tanh": np.tanh(x),
        "relu": np.maximum(x, 0),
        "leaky_relu": np.maximum(x, 0.01 * x),
        "swish": 2 * x * expit(x),
    }
    return values[name]


def slope(name: str, x: Array) -> Array:
    """Return the derivative of that activation function at x."""
    s = expit(x)
    values: dict[str, Array] = {
        "linear": np.ones_like(x),
        "step": np.zeros_like(x),
        "sigmoid": s * expit(-x),
        "tanh": 1 - np.tanh(x) ** 2,
        "relu": (x >= 0).astype(float),
        "leaky_relu": np.where(x < 0, 0.01, 1.0),
        "swish": 2 * s + 2 * x * s * expit(-x),
    }
    return values[name]


def places(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return inputs on both sides of zero: some are close to it, none is at a kink."""
    x = rng.uniform(0.05, 4, shape) * rng.choice([-1, 1], shape)
    x.flat[:4] = [-0.4, -0.1, 0.1, 0.4]
    return np.asarray(x)


@check(cell="activations", points=2, title="the seven activation functions are right, for any shape")
def test_activations(student: Student, rng: np.random.Generator) -> None:
    for shape in ((9,), (2, 3, 4)):
        for name in NAMES:
            x = places(rng, shape)
            mistakes: dict[str, object] = {}
            if name == "swish":
                mistakes["the factor 2 of the lecture's swish is missing"] = x * expit(x)
            if name == "leaky_relu":
                mistakes["for x < 0 it is 0.01 x, not 0.01"] = np.where(x < 0, 0.01, x)
                mistakes["this is relu"] = np.maximum(x, 0)
            seen = student.call("activation", name, x)
            expect.values(
                seen, function(name, x), f"{name}(x)", atol=EXACT, hint="Compare with the table.", mistakes=mistakes
            )
    at_zero = student.call("activation", "step", np.zeros(2))
    expect.values(at_zero, np.ones(2), "step(0)", atol=EXACT, hint="For x = 0 the step has happened: 1 for x >= 0.")


def nowhere_else(x: Array) -> Function:
    """Return what takes the place of `activation`: it is NaN away from x and -x, where a difference quotient looks.

    A formula may use the function itself, as s (1 - s) does, also in 32 bits.
    """
    known = [*x.ravel().tolist(), *x.ravel().astype(np.float32).astype(float).tolist()]
    return Function(
        "lambda original: lambda name, x: "
        f"np.where(np.isin(np.abs(np.asarray(x, float)), np.abs({known})), original(name, x), np.nan)"
    )


@check(cell="activations", points=1.5, title="the seven slopes are right")
def test_derivatives(student: Student, rng: np.random.Generator) -> None:
    for name in NAMES:
        x = places(rng, (4, 3))
        seen = student.call_with({"activation": nowhere_else(x)}, "derivative", name, x)
        mistakes = {"this is the function, not its slope": function(name, x)} if name != "step" else {}
        expect.values(
            seen, slope(name, x), f"the slope of {name}", atol=CLOSE, hint="Compare with the table.", mistakes=mistakes
        )
    edge = np.array([-1e-9, 1e-9])  # a difference quotient sees both sides
    for name in ("step", "relu", "leaky_relu"):
        hint = "Write the slopes of the table; no difference quotient has them beside an edge."
        seen = student.call("derivative", name, edge)
        expect.values(seen, slope(name, edge), f"the slope of {name} close to 0", atol=CLOSE, hint=hint)


@check(cell="activations", points=0.5, title="nothing overflows at -1000 and 1000")
def test_large_inputs(student: Student) -> None:
    x = np.array([-1000.0, -700.0, 700.0, 1000.0])
    for name in NAMES:
        for which, right in (("activation", function), ("derivative", slope)):
            seen = expect.array(student.call(which, name, x), f"{which}('{name}', x)")
            hint = (
                "exp(1000) is infinite, and infinite / infinite is NaN: use np.tanh, or exp of negative numbers alone."
            )
            expect.finite(seen, f"{which}('{name}', x) at x = +-1000", hint=hint)
            expect.values(seen, right(name, x), f"{which}('{name}', x) at x = +-1000", atol=CLOSE, hint=hint)


# --- forward

# the pass is to be written
READY_LAYERS = (
    "keras.src.layers.layer.Layer.__call__",
    *(
        f"sklearn.neural_network._multilayer_perceptron.BaseMultilayerPerceptron.{method}"
        for method in ("_forward_pass", "_forward_pass_fast")
    ),
    "sklearn.neural_network._multilayer_perceptron.safe_sparse_dot",
)


@check(cell="forward", points=1, title="perceptron fires from its threshold on")
def test_perceptron(student: Student, rng: np.random.Generator) -> None:
    for events, n in ((12, 3), (1, 5), (8, 1)):
        x, w = rng.normal(size=(events, n)), rng.normal(size=n)
        w0 = float(rng.normal())
        right = (w0 + x @ w >= 0).astype(int)
        mistakes = {"the threshold w0 is not used": (x @ w >= 0).astype(int)} if ((x @ w >= 0) != right).any() else {}
        seen = student.call_without(READY_LAYERS, "perceptron", x, w0, w)
        expect.values(
            seen, right, "perceptron(x, w0, w)", atol=0, hint="1 where w0 + x . w is not negative.", mistakes=mistakes
        )
    edge = student.call("perceptron", np.array([[1.0], [-1.0]]), -1.0, np.array([1.0]))
    expect.values(edge, [1, 0], "perceptron at its threshold", atol=0, hint="theta(0) = 1: the step includes its edge.")


def network(rng: np.random.Generator, widths: list[int]) -> tuple[list[Array], list[Array]]:
    """Return the weights and biases of dense layers."""
    pairs = list(itertools.pairwise(widths))
    return [rng.normal(size=pair) for pair in pairs], [rng.normal(size=pair[1]) for pair in pairs]


def output(x: Array, weights: list[Array], biases: list[Array], *, last: bool = False, first: bool = False) -> Array:
    """Return the output of the forward pass.

    `last` and `first` apply the activation function where it does not belong: at the output, and at the input.
    """
    z = np.tanh(x) if first else x
    for at, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = (np.tanh(z) if at else z) @ w + b
    return np.tanh(z) if last else z


@check(cell="forward", points=2, title="forward applies tanh between the layers, however many there are")
def test_forward(student: Student, rng: np.random.Generator) -> None:
    for widths in ([3, 4, 2], [2, 5, 4, 3, 1], [4, 2]):
        x = rng.normal(size=(int(rng.integers(1, 7)), widths[0]))
        weights, biases = network(rng, widths)
        right = output(x, weights, biases)
        mistakes: dict[str, object] = {
            "tanh is applied behind the last layer as well": output(x, weights, biases, last=True),
            "tanh is applied to the input": output(x, weights, biases, first=True),
            "the biases are missing": output(x, weights, [0 * b for b in biases]),
        }
        if len(widths) > 2:
            mistakes["no activation function is applied: this is one linear layer"] = linear(x, weights, biases)
        seen = student.call_without(READY_LAYERS, "forward", x, weights, biases)
        what = f"the output of a network with the widths {widths}"
        expect.values(
            seen, right, what, atol=EXACT, hint="z = tanh(z) @ W + b for every layer but the first.", mistakes=mistakes
        )


def linear(x: Array, weights: list[Array], biases: list[Array]) -> Array:
    """Return the output of the forward pass without any activation function."""
    for w, b in zip(weights, biases, strict=True):
        x = x @ w + b
    return x


# --- losses


# the losses are to be written; methods and inner names stop what was imported under another one
READY_LOSSES = (
    "keras.src.losses.loss.Loss.__call__",
    *(
        f"{module}.{name}"
        for module in ("keras.losses", "tensorflow.keras.losses", "keras.src.losses.losses")
        for name in ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")
    ),
    *(
        f"{module}.{kind}_cross_entropy_with_logits"
        for module in ("tensorflow.nn", "tensorflow.compat.v1.nn")
        for kind in ("sigmoid", "softmax", "sparse_softmax")
    ),
    "tensorflow.nn.weighted_cross_entropy_with_logits",
    "tensorflow.raw_ops.SoftmaxCrossEntropyWithLogits",
    "tensorflow.raw_ops.SparseSoftmaxCrossEntropyWithLogits",
    *(f"tensorflow.python.ops.gen_nn_ops.{kind}softmax_cross_entropy_with_logits" for kind in ("", "sparse_")),
    "tensorflow.python.ops.nn_impl.sigmoid_cross_entropy_with_logits",
    "keras.src.backend.tensorflow.nn.binary_crossentropy",
    "keras.src.backend.tensorflow.nn.categorical_crossentropy",
    "sklearn.metrics.log_loss",
    "sklearn.metrics.mean_squared_error",
    "sklearn.metrics._classification.log_loss",
    "sklearn.metrics._regression.mean_squared_error",
    *(f"sklearn.neural_network._base.{name}" for name in ("squared_loss", "binary_log_loss", "log_loss")),
)


@check(cell="losses", points=1, title="mean_squared_error is the mean of the squares")
def test_mse(student: Student, rng: np.random.Generator) -> None:
    for events in (7, 1):
        y, p = rng.normal(size=events), rng.normal(size=events)
        mistakes = {
            "this is the sum, not the mean": ((y - p) ** 2).sum(),
            "this is the root of it": np.sqrt(((y - p) ** 2).mean()),
            "this is the mean of the distances": np.abs(y - p).mean(),
        }
        named = mistakes if events > 1 else {}
        seen = student.call_without(READY_LOSSES, "mean_squared_error", y, p)
        expect.values(seen, ((y - p) ** 2).mean(), "MSE", atol=EXACT, hint="Difference, square, mean.", mistakes=named)


def binary(y: Array, p: Array) -> float:
    """Return the binary cross entropy, with clipping."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


@check(cell="losses", points=1, title="the cross entropies are right")
def test_crossentropies(student: Student, rng: np.random.Generator) -> None:
    y, p = rng.integers(0, 2, 9).astype(float), rng.uniform(0.05, 0.95, 9)
    mistakes = {
        "the minus sign is missing": -binary(y, p),
        "the part of class 0 is missing": float(-np.mean(y * np.log(p))),
        "this is the sum, not the mean": 9 * binary(y, p),
    }
    hint = "-mean(y ln p + (1 - y) ln(1 - p))"
    expect.values(
        student.call_without(READY_LOSSES, "binary_crossentropy", y, p),
        binary(y, p),
        "BCE",
        atol=CLOSE,
        hint=hint,
        mistakes=mistakes,
    )
    for events, classes in ((6, 4), (1, 3)):
        one_hot, q = np.eye(classes)[rng.integers(0, classes, events)], rng.dirichlet(np.ones(classes) * 3, events)
        right = float(-np.mean(np.sum(one_hot * np.log(np.clip(q, EPSILON, 1)), axis=1)))
        others = {
            "this is a mean over the classes, too": right / classes,
            "this is the sum over the events": right * events,
        }
        named = {key: value for key, value in others.items() if abs(value - right) > CLOSE}
        seen = student.call_without(READY_LOSSES, "categorical_crossentropy", one_hot, q)
        expect.values(
            seen, right, "CCE", atol=CLOSE, hint="Sum over the classes, mean over the events.", mistakes=named
        )


@check(cell="losses", points=1, title="a prediction of exactly 0 or 1 is clipped")
def test_clipping(student: Student) -> None:
    y, p = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0, 1e-12, 1.0])
    seen = expect.array(student.call_without(READY_LOSSES, "binary_crossentropy", y, p), "BCE")
    hint = "Clip p into [1e-7, 1 - 1e-7] before the logarithm."
    expect.finite(seen, "BCE of sure and wrong predictions", hint=hint)
    expect.values(seen, binary(y, p), "BCE of sure predictions", atol=1e-3, hint=hint)
    one_hot, q = np.eye(3), np.roll(np.eye(3), 1, axis=0)
    seen = expect.array(student.call_without(READY_LOSSES, "categorical_crossentropy", one_hot, q), "CCE")
    expect.finite(seen, "CCE of sure and wrong predictions", hint=hint)
    expect.values(seen, -np.log(EPSILON), "CCE of sure and wrong predictions", atol=1e-3, hint=hint)
    seen = student.call_without(READY_LOSSES, "categorical_crossentropy", np.eye(2), np.array([[1e-12, 1], [1, 1e-9]]))
    expect.values(seen, -np.log(EPSILON), "CCE of p = 1e-12 and 1e-9", atol=1e-3, hint=hint)
