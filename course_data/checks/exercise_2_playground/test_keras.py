"""Exercise 2, part 8: the circle experiment in Keras. 3 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Student, check, expect
from autograder.checking.models import Model

Array = np.ndarray[Any, Any]
LAYERS = [(2, 4), (4,), (4, 2), (2,), (2, 1), (1,)]


def student_data(student: Student, n: int, seed: int) -> tuple[Array, Array]:
    """Return points and labels of the student's make_data; fail unless they have the right shapes."""
    x, y = expect.parts(student.call("make_data", n, seed), 2, "make_data gives two things: (x, y)")
    points, labels = expect.array(x, "x of make_data"), expect.array(y, "y of make_data")
    expect.shape(points, (n, 2), f"x of make_data({n}, seed)", hint="One row for each point.")
    expect.shape(labels, (n,), f"y of make_data({n}, seed)", hint="One label for each point, in one axis.")
    expect.finite(points, "x of make_data")
    return points, labels


def farthest(values: Array, low: float, high: float) -> float:
    """Return how far the distribution of values is from the uniform one: the Kolmogorov-Smirnov distance."""
    share, count = np.clip((np.sort(values) - low) / (high - low), 0, 1), len(values)
    steps = np.arange(count + 1) / count
    return float(max((steps[1:] - share).max(), (share - steps[:-1]).max()))


def expect_uniform(values: Array, low: float, high: float, what: str, hint: str) -> None:
    """Fail unless values are spread evenly between two limits; a right answer fails once in a million."""
    off = farthest(values, low, high)
    message = f"{what} are not uniform from {expect.number(low)} to {expect.number(high)}: their mean is "
    message += f"{expect.number(values.mean())} and their standard deviation {expect.number(values.std())}"
    expect.that(off < np.sqrt(0.5 * np.log(2e6) / len(values)), message, hint=hint)


@check(cell="keras_circle", points=0.5, title="make_data puts +1 into the disc and -1 into the ring")
def test_data(student: Student, rng: np.random.Generator) -> None:
    x, y = student_data(student, n := 2 * int(rng.integers(400, 500)), int(rng.integers(1000)))
    r, angle = np.hypot(x[:, 0], x[:, 1]), np.arctan2(x[:, 0], x[:, 1])
    expect.that(set(np.unique(y)) == {-1, 1}, f"the labels are {np.unique(y)[:4].tolist()}", hint="+1 and -1.")
    inside = int((y == 1).sum())
    expect.that(inside == n // 2, f"{inside} of {n} points have the label +1", hint="One half each.")
    disc, ring = r[y == 1], r[y == -1]
    swapped = np.median(disc) > np.median(ring)
    expect.that(not swapped, "the labels are exchanged: +1 is in the ring")
    expect.that(disc.max() <= 2.5, f"a point with the label +1 is at the radius {disc.max():.2f}", hint="r below 2.5.")
    message = f"points with the label -1 are at radii from {ring.min():.2f} to {ring.max():.2f}"
    expect.that(ring.min() >= 3.5 and ring.max() <= 5, message, hint="r from 3.5 to 5.")
    hint = "r itself is uniform, not the area, and each point has a radius of its own."
    expect_uniform(disc, 0, 2.5, "the radii in the disc", hint)
    expect_uniform(ring, 3.5, 5, "the radii in the ring", hint)
    for label, part in (("+1", angle[y == 1]), ("-1", angle[y == -1])):
        expect_uniform(part, -np.pi, np.pi, f"the angles of the label {label}", "A random angle for each point.")


@check(cell="keras_circle", points=0.5, title="make_data shuffles, and a seed gives the same points again")
def test_data_shuffled(student: Student, rng: np.random.Generator) -> None:
    seed = int(rng.integers(1000))
    (x, y), (again, _), (other, _) = (student_data(student, 200, number) for number in (seed, seed, seed + 1))
    changes = int((np.diff(y) != 0).sum())  # 100 of 199 in a random order, with a standard deviation of 7
    expect.that(changes > 50, "the points come sorted by their label", hint="One random order, for points and labels.")
    message = f"the label changes {changes} times along 200 points, in a random order it does so about 100 times"
    expect.that(changes < 150, message, hint="One random order, for points and labels.")
    expect.that(np.array_equal(x, again), "the same seed gave other points", hint="np.random.default_rng(seed).")
    expect.that(not np.array_equal(x, other), "another seed gave the same points", hint="The seed has to be used.")
    radii, others = (np.sort(np.hypot(*points.T)) for points in (x, other))
    message = "another seed gave the same radii"
    expect.that(not np.allclose(radii, others, atol=1e-6), message, hint="Draw the radii with the seed, too.")


def live(student: Student, rng: np.random.Generator) -> Model:
    """Return circle_model, as the kernel describes it."""
    return student.once("circle_model", lambda: student.model("circle_model", rng, shape=(2,)))


@check(cell="keras_circle", points=0.5, title="build makes, and circle_model has, tanh layers of 4, 2 and 1")
def test_model(student: Student, rng: np.random.Generator) -> None:
    built = student.model("build", rng, shape=(2,), make=True)
    expect.that(built.compiled, "the model that build() returns is not compiled", hint="model.compile(..., 'mse')")
    for name, model in (("build()", built), ("circle_model", live(student, rng))):
        shapes = [weight.shape for layer in model.layers for weight in layer.weights]
        expect.that(
            shapes == LAYERS, f"the weights of {name} have the shapes {shapes}", hint="Dense layers of 4, 2 and 1."
        )
        activations = [layer.activation for layer in model.layers if layer.activation not in ("", "linear")]
        expect.that(
            activations == ["tanh"] * 3,
            f"the activations of {name} are {activations}",
            hint='activation="tanh" for all three.',
        )


@check(cell="keras_circle", points=1.5, title="circle_model reaches a loss below 0.1 on points it has never seen")
def test_loss(student: Student, rng: np.random.Generator) -> None:
    n = 1000
    r = np.concatenate([rng.uniform(0, 2.5, n // 2), rng.uniform(3.5, 5, n // 2)])
    angle = rng.uniform(0, 2 * np.pi, n)
    order = rng.permutation(n)
    x = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)[order]
    y = np.repeat([1.0, -1.0], n // 2)[order]
    model = live(student, rng)
    expect.that(
        model.rebuilt,
        "circle_model does not give what its layers give, one after the other",
        hint="Build it as in build.",
    )
    seen = model.outputs(x)
    expect.that(
        seen.size == n, f"the output of circle_model has the shape {seen.shape}", hint="One number for each point."
    )
    output = seen.reshape(n)
    expect.finite(output, "the output of circle_model")
    loss = float(np.mean(0.5 * (output - y) ** 2))
    message = f"the loss on {n} new points is {expect.number(loss)}"
    expect.that(
        np.abs(output).max() <= 1 + 1e-6, "circle_model gives numbers beyond -1 and 1", hint="tanh at the output, too."
    )
    expect.that(loss < 0.1, message, hint="Is it trained long enough? Are the labels +1 and -1?")
