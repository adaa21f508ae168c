"""Gradient drills, parts 1 to 7: derivatives by the tape and by hand. 15 points.

The right answers come from formulas worked out by hand, in 64 bits; the student's code may compute in 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.checking import Student, Tensor, check, expect

Array = np.ndarray[Any, Any]
FLOAT32 = 2e-6  # relative: a few dozen operations in 32 bits
NOT_WATCHED = "A gradient of None: was x a Variable, or watched, and was y computed while the tape was running?"


def near(
    value: object, wanted: object, what: str, *, hint: str = "", mistakes: Mapping[str, object] | None = None
) -> None:
    """Fail unless a gradient agrees with the exact one, up to the rounding of 32 bits."""
    right = np.asarray(wanted, float)
    scale = max(1.0, float(np.abs(right).max()) if right.size else 1.0)
    expect.that(value is not None, f"{what} is None", hint=NOT_WATCHED)
    expect.values(value, right, what, atol=20 * FLOAT32 * scale, hint=hint, mistakes=mistakes)


def random_places(rng: np.random.Generator, count: int) -> list[float]:
    """Return random places between -2.5 and 2.5 at which to ask for a slope."""
    return [float(x) for x in rng.uniform(-2.5, 2.5, count)]


@check(cell="slope", points=2, title="slope(x) is the derivative of f at x")
def test_slope(student: Student, rng: np.random.Generator) -> None:
    for x in [*random_places(rng, 3), 0.0]:
        mistakes = {
            "this is f(x), not its slope": x**3 - 2 * x + np.sin(x),
            "the derivative of sin is cos": 3 * x**2 - 2 - np.cos(x),
            "the derivative of sin x is missing": 3 * x**2 - 2,
        }
        hint = "f'(x) = 3 x^2 - 2 + cos x; compare with your own difference quotient."
        near(student.call("slope", x), 3 * x**2 - 2 + np.cos(x), f"slope({x:.2f})", hint=hint, mistakes=mistakes)


# --- layer


def layer(rng: np.random.Generator) -> tuple[Array, Array, Array, Array, Array]:
    """Return weights, bias, inputs, and the exact gradients of the mean square of the output."""
    events, n, m = (int(k) for k in rng.permutation([2, 3, 5]))
    w, b, x = (rng.normal(size=shape).astype(np.float32) for shape in ((n, m), (m,), (events, n)))
    common = 2 * (x.astype(float) @ w + b) / (events * m)
    return w, b, x, x.T @ common, common.sum(axis=0)


@check(cell="layer", points=1, title="layer_gradients has one number per weight")
def test_dw(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        w, b, x, dw, _ = layer(rng)
        near(
            both(student, w, b, x)[0],
            dw,
            "dw",
            hint="The loss is the mean over all events and outputs.",
            mistakes=sums(x, dw, w),
        )


@check(cell="layer", points=1, title="layer_gradients has one number per bias")
def test_db(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        w, b, x, _, db = layer(rng)
        near(
            both(student, w, b, x)[1],
            db,
            "db",
            hint="The loss is the mean over all events and outputs.",
            mistakes=sums(x, db, w),
        )


def both(student: Student, w: Array, b: Array, x: Array) -> list[Any]:
    """Return the two gradients; fail unless there are two."""
    pair = student.call("layer_gradients", Tensor(w), Tensor(b), Tensor(x))
    return expect.parts(pair, 2, "layer_gradients gives two things: (dw, db)")


def sums(x: Array, gradient: Array, w: Array) -> dict[str, object]:
    """Return the results of the usual mistakes in the mean over events and outputs."""
    return {
        "this is the gradient of a sum, not of a mean": gradient * len(x) * w.shape[1],
        "the sum is divided by the events alone": gradient * w.shape[1],
    }


# --- twice, watch, curvature


@check(cell="twice", points=1, title="two_slopes gives dy/dx")
def test_dy_dx(student: Student, rng: np.random.Generator) -> None:
    for x in random_places(rng, 2):
        near(slopes(student, x)[0], 2 * x, f"dy/dx at {x:.2f}", hint="y = x^2.")


@check(cell="twice", points=1, title="two_slopes gives dz/dy")
def test_dz_dy(student: Student, rng: np.random.Generator) -> None:
    for x in random_places(rng, 2):
        mistakes = {"this is dz/dx": 4 * x**3}
        near(
            slopes(student, x)[1],
            2 * x**2,
            f"dz/dy at x = {x:.2f}",
            hint="z = y^2, by y and not by x.",
            mistakes=mistakes,
        )


def slopes(student: Student, x: float) -> list[Any]:
    """Return the two derivatives; fail unless there are two."""
    return expect.parts(student.call("two_slopes", x), 2, "two_slopes gives two things: (dy/dx, dz/dy)", arrays=True)


@check(cell="watch", points=1.5, title="force is minus the slope of V, at every point")
def test_force(student: Student, rng: np.random.Generator) -> None:
    for shape in ((7,), (1,), (2, 3)):
        x = rng.uniform(-2, 2, shape).astype(np.float32)
        right = 6 * x * np.exp(-(x.astype(float) ** 2))
        mistakes = {
            "the sign is the wrong one: this is dV/dx": -right,
            "this is V, not its slope": 3 * np.exp(-(x.astype(float) ** 2)),
            "all forces are added up": right.sum(),
        }
        near(
            student.call("force", Tensor(x)),
            right,
            "force(points)",
            hint="F = -dV/dx = 6 x exp(-x^2).",
            mistakes=mistakes,
        )


@check(cell="watch", points=0.5, title="force is zero on the top of the hill, and far away")
def test_force_at_rest(student: Student) -> None:
    x = np.array([0.0, 12.0, -12.0], np.float32)
    near(
        student.call("force", Tensor(x)), np.zeros(3), "force([0, 12, -12])", hint="Where V is flat there is no force."
    )


@check(cell="curvature", points=2, title="curvature is the second derivative")
def test_curvature(student: Student, rng: np.random.Generator) -> None:
    for r in [1.0, *map(float, rng.uniform(0.9, 2, 3))]:
        right = 156 / r**14 - 84 / r**8
        mistakes = {"this is the first derivative": -12 / r**13 + 12 / r**7, "this is V itself": 1 / r**12 - 2 / r**6}
        hint = "One tape inside the other; ask the inner one while the outer one is still running."
        near(student.call("curvature", r), right, f"curvature({r:.2f})", hint=hint, mistakes=mistakes)


# --- repair


@check(cell="repair", points=1, title="repaired_numpy has a gradient")
def test_repaired_numpy(student: Student, rng: np.random.Generator) -> None:
    for x in random_places(rng, 3):
        right = np.sin(x) + x * np.cos(x)
        hint = "tf.sin keeps a record of itself, np.sin does not."
        near(student.call("repaired_numpy", x), right, f"repaired_numpy({x:.2f})", hint=hint)


@check(cell="repair", points=1, title="repaired_integer has a gradient at whole numbers")
def test_repaired_integer(student: Student, rng: np.random.Generator) -> None:
    for n in map(int, rng.integers(-9, 10, 3)):
        hint = "Only numbers with a point have slopes: make a float of n first."
        near(student.call("repaired_integer", n), 2 * n, f"repaired_integer({n})", hint=hint)


@check(cell="repair", points=1, title="repaired_order has a gradient")
def test_repaired_order(student: Student, rng: np.random.Generator) -> None:
    for x in map(float, rng.uniform(-1, 1, 3)):
        right = 2 * np.exp(2 * x)
        mistakes = {"the inner derivative, 2, is missing": right / 2}
        hint = "What is computed before the tape runs is not on it."
        near(student.call("repaired_order", x), right, f"repaired_order({x:.2f})", hint=hint, mistakes=mistakes)


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


def weights_and_bias(student: Student, w: Array, b: float, x: Array, y: int) -> list[Any]:
    """Return the two parts of the gradient; fail unless there are two."""
    pair = student.call("neuron_gradient", w, b, x, y)
    return expect.parts(pair, 2, "neuron_gradient gives two things: (dw, db)")
