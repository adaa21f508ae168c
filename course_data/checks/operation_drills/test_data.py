"""Operation drills, parts 4 to 6: standard scores, the resolution of a detector, decisions. 12.5 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import softmax

from autograder.checking import Student, Tensor, check, expect

Array = np.ndarray[Any, Any]
EXACT = 0.0
FLOAT32 = 1e-5  # sums of a few dozen numbers of order 1, in 32 bits


def numbers(rng: np.random.Generator, *shape: int) -> Array:
    """Return normally distributed numbers of type float32."""
    return rng.normal(size=shape).astype(np.float32)


# --- standardise


@check(cell="standardise", points=1, title="mean_and_spread gives both for each feature")
def test_mean_and_spread(student: Student, rng: np.random.Generator) -> None:
    for events, features in ((7, 3), (5, 5), (40, 2)):
        x = numbers(rng, events, features) * np.linspace(1, 3, features, dtype=np.float32)
        mean, spread = mean_and_spread(student, x)
        hint = "One number for each feature: the axis of the events disappears."
        wrong_axis = {"these are those of the events": x.mean(1)}
        expect.values(mean, x.mean(0), "the mean", atol=FLOAT32, hint=hint, mistakes=wrong_axis)
        others = {
            "these are those of the events": x.std(1),
            "this is the square of the standard deviation": x.var(0),
            "this is divided by n - 1, and the formula says n": x.std(0, ddof=1),
            "this is the mean of the magnitudes": np.abs(x - x.mean(0)).mean(0),
        }
        expect.values(spread, x.std(0), "the spread", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="standardise", points=0.5, title="mean_and_spread bears values that are large compared with their spread")
def test_large_mean(student: Student, rng: np.random.Generator) -> None:
    x = (300 + 0.1 * rng.normal(size=(50, 3))).astype(np.float32)
    _, spread = mean_and_spread(student, x)
    wanted = x.astype(np.float64).std(0)
    what = "for temperatures of 300.0 and a spread of about 0.1, the spread"
    hint = "Subtract the mean first, then square. Squares of 90000 in 32 bits are rounded to 0.008."
    # a mean in 32 bits may be off by 3e-5 and more, which moves the spread by its square alone
    expect.values(spread, wanted, what, atol=1e-4, hint=hint)


@check(cell="standardise", points=1, title="standard_scores uses the mean and the spread that it is given")
def test_standard_scores(student: Student, rng: np.random.Generator) -> None:
    for events, features in ((6, 3), (4, 4), (1, 5)):
        x, mean = numbers(rng, events, features), numbers(rng, features)
        spread = rng.uniform(0.5, 3, features).astype(np.float32)
        others = {
            "the mean is not subtracted": x / spread,
            "it is not divided by the spread": x - mean,
            "this divides by the square of the spread": (x - mean) / spread**2,
        }
        if events > 1:
            others["these are scores with mean and spread of x itself"] = (x - x.mean(0)) / x.std(0)
        if events == features:
            others["mean and spread run along the events"] = (x - mean[:, None]) / spread[:, None]
        seen = student.call("standard_scores", Tensor(x), Tensor(mean), Tensor(spread))
        hint = "(events, features) and (features,) fit from the right."
        expect.values(seen, (x - mean) / spread, "standard_scores(...)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="standardise", points=1, title="standard_scores gives 0 for a feature that is constant")
def test_constant_feature(student: Student, rng: np.random.Generator) -> None:
    x, mean = numbers(rng, 6, 4), numbers(rng, 4)
    spread = rng.uniform(0.5, 3, 4).astype(np.float32)
    off, trained_on = (int(at) for at in rng.permutation(4)[:2])
    spread[[off, trained_on]] = 0
    x[:, off] = mean[off]  # 0 / 0; the other one differs from its mean in the test data
    wanted = np.where(spread > 0, (x - mean) / np.where(spread > 0, spread, 1), 0)
    seen = student.call("standard_scores", Tensor(x), Tensor(mean), Tensor(spread))
    others = {"the scores of a feature with the spread 0 are not 0": np.where(spread > 0, wanted, x - mean)}
    hint = "What does your function do where the spread is 0?"
    expect.values(seen, wanted, "standard_scores(...)", atol=FLOAT32, hint=hint, mistakes=others)


def mean_and_spread(student: Student, x: Array) -> list[Any]:
    """Return the two results of mean_and_spread; fail for anything else."""
    seen = student.call("mean_and_spread", Tensor(x))
    return expect.parts(seen, 2, "mean_and_spread gives two things: mean and spread", arrays=True)


# --- resolution


def beam_test(rng: np.random.Generator, events: int, sensors: int) -> tuple[Array, Array, Array]:
    """Return measured and true energies and uncertainties; the largest deviations have either sign."""
    true = rng.uniform(20, 80, events).astype(np.float32)
    sigma = rng.uniform(0.5, 3, sensors).astype(np.float32)
    pulls = np.clip(rng.normal(0.3, 1, (events, sensors)), -2.5, 2.5)
    worst = rng.integers(0, events, sensors)
    pulls[worst, np.arange(sensors)] = np.where(np.arange(sensors) % 2, 1, -1) * rng.uniform(3.5, 5, sensors)
    return (true[:, None] + pulls * sigma).astype(np.float32), true, sigma


# pulls up to 5: energies of 80 in 32 bits are rounded to 4e-6, which is divided by an uncertainty of 0.5 and more
PULL = 1e-4
CASES = ((9, 4), (5, 5), (1, 3))


def exact_pulls(measured: Array, true: Array, sigma: Array) -> Array:
    """Return the pulls, computed in 64 bits."""
    deviations = measured.astype(np.float64) - true[:, None]
    return np.asarray(deviations / sigma)


def energies(measured: Array, true: Array, sigma: Array) -> tuple[Tensor, Tensor, Tensor]:
    """Return the arguments of most functions of this cell."""
    return Tensor(measured), Tensor(true), Tensor(sigma)


@check(cell="resolution", points=1.5, title="pulls are deviations in units of the uncertainty")
def test_pulls(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in CASES:
        measured, true, sigma = beam_test(rng, events, sensors)
        wanted = exact_pulls(measured, true, sigma)
        others = {
            "the sign is wrong: measured minus true": -wanted,
            "the signs are lost": np.abs(wanted),
            "this is divided by the square of the uncertainty": wanted / sigma,
            "this is not divided by the uncertainty": wanted * sigma,
            "this is divided by the true energy": wanted * sigma / true[:, None],
        }
        if events == sensors:
            others["the true energies run along the sensors"] = (measured - true) / sigma
            others["the uncertainties run along the events"] = wanted * sigma / sigma[:, None]
        seen = student.call("pulls", *energies(measured, true, sigma))
        hint = "Event i has one true energy, for all sensors; sensor j has one uncertainty, for all events."
        expect.values(seen, wanted, "pulls(...)", atol=PULL, hint=hint, mistakes=others)


@check(
    cell="resolution", points=1.5, title="worst names the event with the largest deviation of each sensor, and its size"
)
def test_worst(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in CASES:
        measured, true, sigma = beam_test(rng, events, sensors)
        right = exact_pulls(measured, true, sigma)
        size = np.abs(right)
        seen = student.call("worst", *energies(measured, true, sigma))
        event, largest = expect.parts(seen, 2, "worst gives two things: event and size", arrays=True)
        hint = "|p| first, then the largest one along the axis of the events."
        others = {
            "these are the largest positive pulls": right.argmax(0),
            "these are the events with the smallest deviations": size.argmin(0),
            "these are sensors: one for each event": size.argmax(1),
        }
        expect.values(event, size.argmax(0), "the event", atol=EXACT, hint=hint, mistakes=others if events > 1 else {})
        others = {
            "these are the largest positive pulls": right.max(0),
            "the signs are kept: |p| is asked for": np.take_along_axis(right, size.argmax(0)[None], 0)[0],
            "these are one for each event": size.max(1),
            "this is |m - t|, not divided by the uncertainty": (size * sigma).max(0),
        }
        expect.values(largest, size.max(0), "the size", atol=PULL, hint=hint, mistakes=others)


@check(
    cell="resolution", points=1.5, title="resolution is the root mean square of the relative deviation of each sensor"
)
def test_resolution_of_sensors(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in CASES:
        measured, true, _ = beam_test(rng, events, sensors)
        relative = measured.astype(np.float64) / true[:, None] - 1
        wanted = np.sqrt((relative**2).mean(0))
        others = {
            "this is the mean of the magnitudes": np.abs(relative).mean(0),
            "the mean is taken off, and an offset of the sensor does not count any more": relative.std(0),
            "this has no root": (relative**2).mean(0),
            "these are sums, not means": np.sqrt((relative**2).sum(0)),
            "these are those of the events": np.sqrt((relative**2).mean(1)),
            "these deviations are not divided by the true energy": np.sqrt(((relative * true[:, None]) ** 2).mean(0)),
            "these deviations are divided by the measured energy": np.sqrt(
                ((1 - true[:, None] / measured) ** 2).mean(0)
            ),
        }
        if events == 1:
            others = {}
        seen = student.call("resolution", Tensor(measured), Tensor(true))
        hint = "Relative deviation, square, mean over the events, root."
        expect.values(seen, wanted, "resolution(...)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="resolution", points=1.5, title="loss is the mean negative logarithm of the normal distribution")
def test_loss(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in CASES:
        measured, true, sigma = beam_test(rng, events, sensors)
        half, log, constant = exact_pulls(measured, true, sigma) ** 2 / 2, np.log(sigma), np.log(2 * np.pi) / 2
        wanted = (half + log).mean() + constant
        others = {
            "the sign is wrong": -wanted,
            "the logarithm of the uncertainty is missing": half.mean() + constant,
            "the constant with 2 pi is missing": wanted - constant,
            "the squares of the pulls are not halved": (2 * half + log).mean() + constant,
            "the logarithm is subtracted": (half - log).mean() + constant,
            "this is one number for each sensor": (half + log).mean(0) + constant,
            "this is a sum, not a mean": (half + log + constant).sum(),
        }
        seen = student.call("loss", *energies(measured, true, sigma))
        # half the square of a pull of 5, which is off by PULL, is off by five times as much
        hint = "Three terms; the mean runs over all events and all sensors."
        expect.values(seen, wanted, "loss(...)", atol=PULL * 5, hint=hint, mistakes=others)


# --- decide


@check(cell="decide", points=1, title="probabilities is the softmax of each row")
def test_probabilities(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3)):
        scores = numbers(rng, *shape) * 3
        others = {
            "this is the softmax of each column": softmax(scores, axis=0),
            "all rows together sum to 1, not each of them": softmax(scores),
            "this is exp(z) without the division": np.exp(scores),
        }
        if len(scores) == 1:
            others = {}
        seen = student.call("probabilities", Tensor(scores))
        hint = "Divide by the sum of the same row."
        expect.values(seen, softmax(scores, axis=1), "probabilities(scores)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="decide", points=1, title="probabilities bears large scores")
def test_large_scores(student: Student, rng: np.random.Generator) -> None:
    scores = (numbers(rng, 3, 4) + np.array([[1000], [-1000], [300]])).astype(np.float32)
    seen = student.call("probabilities", Tensor(scores))
    hint = "Subtract the largest score of each row first: the fraction stays the same. tf.nn.softmax does so."
    expect.values(seen, softmax(scores, axis=1), "for scores around 1000, probabilities(scores)", atol=1e-4, hint=hint)


@check(cell="decide", points=1, title="winners names the class with the largest score")
def test_winners(student: Student, rng: np.random.Generator) -> None:
    for shape in ((7, 4), (5, 5), (1, 3)):
        scores = numbers(rng, *shape)
        others = {
            "these are the winners of the columns": scores.argmax(0),
            "these are the largest scores, not their places": scores.max(1),
            "these are the places of the smallest scores": scores.argmin(1),
        }
        if len(scores) == 1:
            others = {}
        seen = student.call("winners", Tensor(scores))
        expect.values(
            seen, scores.argmax(1), "winners(scores)", atol=EXACT, hint="argmax along the last axis.", mistakes=others
        )
