"""Gradient drills, parts 1 to 7: derivatives by the tape and by hand. 15 points.

The right answers come from formulas worked out by hand, in 64 bits; the student's code may compute in 32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checking import Function, Student, Tensor, check, expect

Array = np.ndarray[Any, Any]
FLOAT32 = 4e-5  # relative: room for the rounding of a few dozen operations in 32 bits, each of up to 1e-7
NOT_WATCHED = "A gradient of None: was x a Variable, or watched, and was y computed while the tape was running?"


def near(
    value: object, wanted: object, what: str, *, hint: str = "", mistakes: Mapping[str, object] | None = None
) -> None:
    """Fail unless a gradient agrees with the exact one, up to the rounding of 32 bits."""
    right = np.asarray(wanted, float)
    scale = max(1.0, float(np.abs(right).max()) if right.size else 1.0)
    expect.that(value is not None, f"{what} is None", hint=NOT_WATCHED)
    expect.values(value, right, what, atol=FLOAT32 * scale, hint=hint, mistakes=mistakes)


def random_places(rng: np.random.Generator, count: int) -> list[float]:
    """Return random places between -2.5 and 2.5 at which to ask for a slope."""
    return [float(x) for x in rng.uniform(-2.5, 2.5, count)]


# The functions are the grader's: a formula worked out for one of them says nothing about the next. In the last ones of
# each kind the tape's answer differs from that of a difference quotient: a factor is a constant for the tape, or the
# function declares a gradient. They do so in several ways, because a student can replace tf.stop_gradient.


@dataclass(frozen=True)
class Given:
    """A function that is handed to the student's code, with its derivatives as the tape gives them."""

    source: str
    value: Callable[[Array], Array]
    first: Callable[[Array], Array]
    second: Callable[[Array], Array]
    words: str = ""

    @property
    def named(self) -> str:
        """The function as a student reads it."""
        return self.words or self.source.removeprefix("lambda x: ")


GIVEN = (
    Given(
        "lambda x: x**3 - 2 * x + tf.sin(x)",
        lambda x: x**3 - 2 * x + np.sin(x),
        lambda x: 3 * x**2 - 2 + np.cos(x),
        lambda x: 6 * x - np.sin(x),
    ),
    Given(
        "lambda x: 3 * tf.exp(-(x**2))",
        lambda x: 3 * np.exp(-(x**2)),
        lambda x: -6 * x * np.exp(-(x**2)),
        lambda x: (12 * x**2 - 6) * np.exp(-(x**2)),
    ),
    Given(
        "lambda x: tf.stop_gradient(x) * x**3",
        lambda x: x**4,
        lambda x: 3 * x**3,
        lambda x: 6 * x**2,
    ),
    Given(
        "lambda x: tf.raw_ops.StopGradient(input=x) * x**3",
        lambda x: x**4,
        lambda x: 3 * x**3,
        lambda x: 6 * x**2,
        words="c x**3, where c is x as a constant",
    ),
    Given(
        "lambda x: tf.custom_gradient(lambda u: (u**3, lambda upstream: 5 * u * upstream))(x)",
        lambda x: x**3,
        lambda x: 5 * x,
        lambda x: np.full_like(x, 5.0),
        words="x**3 that declares a gradient of its own",
    ),
)
BY_THE_TAPE = "Compute f(x) inside `with tf.GradientTape() as tape:`, and ask the tape."


def wrong_ways(given: Given, x: Array) -> dict[str, object]:
    """Return the results of the usual mistakes at x, without those that are right there."""
    right, h = given.first(x), 1e-4
    quotient = (given.value(x + h) - given.value(x - h)) / (2 * h)
    named = {"this is f(x), not its slope": given.value(x), "this is a difference quotient, not the tape's": quotient}
    return {what: value for what, value in named.items() if not np.allclose(value, right, rtol=0.02, atol=1e-3)}


@check(cell="slope", points=2, title="slope_of(f, x) is the derivative of any f at x")
def test_slope(student: Student, rng: np.random.Generator) -> None:
    for given in GIVEN:
        for x in random_places(rng, 2):
            seen = student.call("slope_of", Function(given.source), x)
            what = f"slope_of(f, {x:.2f}) for f(x) = {given.named}"
            mistakes = wrong_ways(given, np.asarray(x))
            near(seen, given.first(np.asarray(x)), what, hint=BY_THE_TAPE, mistakes=mistakes)


# --- layer

LOSSES: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("lambda y: tf.reduce_mean(y**2)", lambda y: 2 * y / y.size),
    ("lambda y: tf.reduce_sum(tf.sin(y))", np.cos),
    ("lambda y: tf.reduce_sum(tf.stop_gradient(y) * y)", lambda y: y),
    ("lambda y: tf.reduce_sum(tf.raw_ops.StopGradient(input=y) * y)", lambda y: y),
)


def layers(rng: np.random.Generator) -> Iterator[tuple[Function, Array, Array, Array, Array]]:
    """Yield for each loss: the loss, weights, bias and inputs of a layer, and the loss's gradient by its output."""
    for source, by_output in LOSSES:
        events, n, m = (int(k) for k in rng.permutation([2, 3, 5]))
        w, b, x = (rng.normal(size=shape).astype(np.float32) for shape in ((n, m), (m,), (events, n)))
        yield Function(source), w, b, x, by_output(x.astype(float) @ w + b)


@check(cell="layer", points=1, title="layer_gradients has one number per weight, for any loss")
def test_dw(student: Student, rng: np.random.Generator) -> None:
    for loss, w, b, x, dy in layers(rng):
        seen = both(student, loss, w, b, x)[0]
        near(seen, x.T @ dy, "dw", hint=BY_BOTH, mistakes={"dw is transposed": (x.T @ dy).T})


@check(cell="layer", points=1, title="layer_gradients has one number per bias, for any loss")
def test_db(student: Student, rng: np.random.Generator) -> None:
    for loss, w, b, x, dy in layers(rng):
        right = dy.sum(axis=0)
        mistakes = {"this is a mean over the events, not their sum": right / len(x)}
        near(both(student, loss, w, b, x)[1], right, "db", hint=BY_BOTH, mistakes=mistakes)


BY_BOTH = "loss(x @ w + b) inside the tape, with w and b as variables; then tape.gradient(..., [w, b])."


def both(student: Student, loss: Function, w: Array, b: Array, x: Array) -> list[Any]:
    """Return the two gradients; fail unless there are two."""
    pair = student.call("layer_gradients", loss, Tensor(w), Tensor(b), Tensor(x))
    return expect.parts(pair, 2, "layer_gradients gives two things: (dw, db)")


# --- twice, watch, curvature

# f and g, with dy/dx at x, dz/dy at y, and y itself
CHAINS: tuple[tuple[str, str, Callable[[float], tuple[float, float]]], ...] = (
    ("lambda x: x**2", "lambda y: y**3", lambda x: (2 * x, 3 * x**4)),
    ("lambda x: tf.sin(x)", "lambda y: tf.exp(y)", lambda x: (np.cos(x), np.exp(np.sin(x)))),
    ("lambda x: tf.stop_gradient(x) * x", "lambda y: tf.stop_gradient(y) * y", lambda x: (x, x**2)),
    (
        "lambda x: tf.raw_ops.StopGradient(input=x) * x",
        "lambda y: tf.custom_gradient(lambda u: (u**3, lambda upstream: 5 * u * upstream))(y)",
        lambda x: (x, 5 * x**2),
    ),
)


@check(cell="twice", points=1, title="two_slopes gives dy/dx")
def test_dy_dx(student: Student, rng: np.random.Generator) -> None:
    for f, g, right in CHAINS:
        x = float(rng.uniform(0.4, 2.2))
        near(slopes(student, f, g, x)[0], right(x)[0], f"dy/dx at {x:.2f}", hint="y = f(x).")


@check(cell="twice", points=1, title="two_slopes gives dz/dy")
def test_dz_dy(student: Student, rng: np.random.Generator) -> None:
    for f, g, right in CHAINS:
        x = float(rng.uniform(0.4, 2.2))
        one, two = right(x)
        mistakes = {"this is dz/dx": one * two} if abs(one - 1) > 0.05 else {}
        seen = slopes(student, f, g, x)[1]
        near(seen, two, f"dz/dy at x = {x:.2f}", hint="z = g(y), by y and not by x.", mistakes=mistakes)
    x, low = float(rng.integers(-2, 3)), float(rng.integers(1, 4))
    seen = slopes(student, f"lambda x: (x - {x}) ** 2 + {low}", "lambda y: y**3", x)[1]
    hint = "Ask the tape for the derivative by y: a quotient of dz/dx and dy/dx is 0 / 0 here."
    near(seen, 3 * low**2, f"dz/dy at x = {x:.0f}, where y is lowest,", hint=hint)


def slopes(student: Student, f: str, g: str, x: float) -> list[Any]:
    """Return the two derivatives; fail unless there are two."""
    seen = student.call("two_slopes", Function(f), Function(g), x)
    return expect.parts(seen, 2, "two_slopes gives two things: (dy/dx, dz/dy)", arrays=True)


@check(cell="watch", points=1.5, title="force is minus the slope of any potential, at every point")
def test_force(student: Student, rng: np.random.Generator) -> None:
    for given, shape in zip(GIVEN, ((7,), (1,), (2, 3), (4,), (2,)), strict=True):
        x = rng.uniform(-2, 2, shape).astype(np.float32)
        right = -given.first(x.astype(float))
        mistakes: dict[str, object] = {
            "the sign is the wrong one: this is dV/dx": -right,
            "this is V, not its slope": given.value(x.astype(float)),
        }
        if x.size > 1:
            mistakes["all forces are added up"] = right.sum()
        seen = student.call("force", Function(given.source), Tensor(x))
        near(seen, right, f"force(V, points) for V(x) = {given.named}", hint="F = -dV/dx.", mistakes=mistakes)


@check(cell="watch", points=0.5, title="force is zero on the top of the hill, and far away")
def test_force_at_rest(student: Student) -> None:
    x, hill = np.array([0.0, 12.0, -12.0], np.float32), GIVEN[1]
    seen = student.call("force", Function(hill.source), Tensor(x))
    near(seen, np.zeros(3), "force(V, [0, 12, -12])", hint="Where V is flat there is no force.")


@check(cell="curvature", points=2, title="curvature is the second derivative of any potential")
def test_curvature(student: Student, rng: np.random.Generator) -> None:
    molecule = Given(
        "lambda x: x**-12 - 2 * x**-6",
        lambda r: r**-12.0 - 2 * r**-6.0,
        lambda r: -12 * r**-13.0 + 12 * r**-7.0,
        lambda r: 156 * r**-14.0 - 84 * r**-8.0,
    )
    for given in (molecule, *GIVEN):
        r = float(rng.uniform(0.9, 2))
        at = np.asarray(r)
        named = {"this is the first derivative": given.first(at), "this is V itself": given.value(at)}
        mistakes = {what: value for what, value in named.items() if not np.allclose(value, given.second(at), rtol=0.02)}
        hint = "One tape inside the other; ask the inner one while the outer one is still running."
        seen = student.call("curvature", Function(given.source), r)
        near(seen, given.second(at), f"curvature(V, {r:.2f}) for V(x) = {given.named}", hint=hint, mistakes=mistakes)


# --- repair


@check(cell="repair", points=1, title="repaired_numpy has a gradient")
def test_repaired_numpy(student: Student, rng: np.random.Generator) -> None:
    for given in GIVEN:
        for x in random_places(rng, 2):
            at = np.asarray(x)
            right = given.first(at) * at + given.value(at)
            seen = student.call("repaired_numpy", Function(given.source), x)
            mistakes = {"only one of the two factors has a record": given.value(at)} if abs(x) > 0.2 else {}
            hint = "What leaves TensorFlow, by .numpy() for instance, is a number without a history."
            what = f"repaired_numpy(f, {x:.2f}) for f(x) = {given.named}"
            near(seen, right, what, hint=hint, mistakes=mistakes)


@check(cell="repair", points=1, title="repaired_integer has a gradient at whole numbers")
def test_repaired_integer(student: Student, rng: np.random.Generator) -> None:
    for given in GIVEN:
        n = int(rng.integers(1, 4)) * int(rng.choice([-1, 1]))
        seen = student.call("repaired_integer", Function(given.source), n)
        hint = "Only numbers with a point have slopes: make a float of n first."
        what = f"repaired_integer(f, {n}) for f(x) = {given.named}"
        near(seen, given.first(np.asarray(float(n))), what, hint=hint)


@check(cell="repair", points=1, title="repaired_order has a gradient")
def test_repaired_order(student: Student, rng: np.random.Generator) -> None:
    for given in GIVEN:
        for x in map(float, rng.uniform(0.3, 1.5, 2)):
            at = np.asarray(x)
            seen = student.call("repaired_order", Function(given.source), x)
            what = f"repaired_order(f, {x:.2f}) for f(x) = {given.named}"
            hint = "What is computed before the tape runs is not on it."
            near(seen, given.first(at), what, hint=hint, mistakes=wrong_ways(given, at))


# --- neuron


def neuron(rng: np.random.Generator, size: int, scale: float = 1.0) -> tuple[Array, float, Array, int, Array, float]:
    """Return weights, bias, input and target of a neuron, and its exact gradient."""
    w, x = rng.normal(size=size) * scale, rng.normal(size=size)
    b, y = float(rng.normal()), int(rng.integers(0, 2))
    a = 1 / (1 + np.exp(-(w @ x + b)))
    common = 2 * (a - y) * a * (1 - a)
    return w, b, x, y, common * x, float(common)


@check(cell="neuron", points=1, title="neuron_gradient has the right slope for each weight")
def test_neuron_dw(student: Student, rng: np.random.Generator) -> None:
    for size in (1, 3, 6):
        w, b, x, y, dw, db = neuron(rng, size)
        a = 1 / (1 + np.exp(-(w @ x + b)))
        mistakes = {
            "the factor 2 of the square is missing": dw / 2,
            "the derivative of the sigmoid, a (1 - a), is missing": 2 * (a - y) * x,
            "the sign is the wrong one": -dw,
            "the input x is missing": np.full(size, db),
        }
        seen = weights_and_bias(student, w, b, x, y)[0]
        near(seen, dw, "dw", hint="Three factors by the chain rule, and then x.", mistakes=mistakes)


@check(cell="neuron", points=1, title="neuron_gradient has the right slope for the bias")
def test_neuron_db(student: Student, rng: np.random.Generator) -> None:
    for size in (1, 4):
        w, b, x, y, _, db = neuron(rng, size)
        seen = weights_and_bias(student, w, b, x, y)[1]
        near(
            seen,
            db,
            "db",
            hint="The same as for a weight whose input is 1.",
            mistakes={"the sign is the wrong one": -db},
        )


# by hand is the task; as methods of classes, so that they are found under any name
AUTOMATIC = (
    "tensorflow.GradientTape",
    "tensorflow.GradientTape.__init__",
    "tensorflow.gradients",
    "tensorflow.python.ops.gradients_util._GradientsHelper",
    "tensorflow.autodiff.ForwardAccumulator.__init__",
)


def weights_and_bias(student: Student, w: Array, b: float, x: Array, y: int) -> list[Any]:
    """Return the two parts of the gradient; fail unless there are two."""
    pair = student.call_without(AUTOMATIC, "neuron_gradient", w, b, x, y)
    return expect.parts(pair, 2, "neuron_gradient gives two things: (dw, db)")
