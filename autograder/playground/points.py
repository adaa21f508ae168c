"""The page's datasets: points drawn from a stream of random numbers, shuffled and split."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.playground.randomness import Stream
from autograder.playground.settings import Settings

Array = np.ndarray[Any, Any]
Point = tuple[float, float, float]
SAMPLES = {True: 500, False: 1200}  # True is for classification
RADIUS = 5.0


@dataclass(frozen=True)
class Points:
    """Training and test points, each of shape (n, 3): x, y, label."""

    train: Array
    test: Array


def draw(settings: Settings, stream: Stream) -> Points:
    """Draw the points of an experiment.

    The stream gives the numbers for noise even when there is none, as on the page.
    """
    points = DATASETS[settings.data](SAMPLES[settings.classifies], settings.noise / 100, stream)
    left = len(points)
    while left > 0:
        at = math.floor(stream.draw() * left)
        left -= 1
        points[left], points[at] = points[at], points[left]
    cut = math.floor(len(points) * settings.perc_train_data / 100)
    table = np.array(points)
    return Points(table[:cut], table[cut:])


def inputs(settings: Settings, xy: Array) -> Array:
    """Return the features of points, shape (features, n), from coordinates of shape (n, 2)."""
    x, y = xy[:, 0], xy[:, 1]
    columns = {
        "x": x,
        "y": y,
        "xSquared": x * x,
        "ySquared": y * y,
        "xTimesY": x * y,
        "sinX": np.sin(x),
        "sinY": np.sin(y),
    }
    return np.array([columns[feature] for feature in settings.features]).reshape(len(settings.features), len(xy))


def _circle(count: int, noise: float, stream: Stream) -> list[Point]:
    points = []
    for low, high in ((0.0, 0.5 * RADIUS), (0.7 * RADIUS, RADIUS)):
        for _ in range(count // 2):
            r, angle = stream.uniform(low, high), stream.uniform(0, 2 * math.pi)
            x, y = r * math.sin(angle), r * math.cos(angle)
            dx, dy = stream.uniform(-RADIUS, RADIUS) * noise, stream.uniform(-RADIUS, RADIUS) * noise
            points.append((x, y, 1.0 if math.hypot(x + dx, y + dy) < 0.5 * RADIUS else -1.0))
    return points


def _xor(count: int, noise: float, stream: Stream) -> list[Point]:
    points = []
    for _ in range(count):
        x, y = (value + (0.3 if value > 0 else -0.3) for value in (stream.uniform(-5, 5), stream.uniform(-5, 5)))
        dx, dy = stream.uniform(-5, 5) * noise, stream.uniform(-5, 5) * noise
        points.append((x, y, 1.0 if (x + dx) * (y + dy) >= 0 else -1.0))
    return points


def _gauss(count: int, noise: float, stream: Stream) -> list[Point]:
    share = noise / 0.5
    sigma = math.sqrt(0.5 * (1 - share) + 4 * share)
    return [
        (_normal(mean, sigma, stream), _normal(mean, sigma, stream), label)
        for mean, label in ((2.0, 1.0), (-2.0, -1.0))
        for _ in range(count // 2)
    ]


def _normal(mean: float, sigma: float, stream: Stream) -> float:
    """Return a normally distributed number by Marsaglia's polar method.

    The second number of each pair is thrown away, as on the page.
    """
    while True:
        v1, v2 = 2 * stream.draw() - 1, 2 * stream.draw() - 1
        s = v1 * v1 + v2 * v2
        if s <= 1:
            return mean + sigma * math.sqrt(-2 * math.log(s) / s) * v1


def _spiral(count: int, noise: float, stream: Stream) -> list[Point]:
    points = []
    half = count // 2
    for delta, label in ((0.0, 1.0), (math.pi, -1.0)):
        for i in range(half):
            r, t = i / half * 5, 1.75 * i / half * 2 * math.pi + delta
            x = r * math.sin(t) + stream.uniform(-1, 1) * noise
            points.append((x, r * math.cos(t) + stream.uniform(-1, 1) * noise, label))
    return points


def _square(count: int, noise: float, stream: Stream) -> list[tuple[float, float, float, float]]:
    """Return points in a square: where they are, and where they would be with their noise."""
    points = []
    for _ in range(count):
        x, y, dx, dy = (stream.uniform(-6, 6) for _ in range(4))
        points.append((x, y, x + dx * noise, y + dy * noise))
    return points


def _plane(count: int, noise: float, stream: Stream) -> list[Point]:
    points = []
    for x, y, noisy_x, noisy_y in _square(count, noise, stream):
        share = (noisy_x + noisy_y + 10) / 20
        points.append((x, y, -(1 - share) + share))
    return points


CENTRES = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def _hills(count: int, noise: float, stream: Stream) -> list[Point]:
    points = []
    for x, y, noisy_x, noisy_y in _square(count, noise, stream):
        heights = [s * (1 - min(max(math.hypot(noisy_x - a, noisy_y - b) / 2, 0), 1)) for a, b, s in CENTRES]
        points.append((x, y, max([0.0, *heights], key=abs)))
    return points


DATASETS = {
    "circle": _circle,
    "xor": _xor,
    "gauss": _gauss,
    "spiral": _spiral,
    "reg-plane": _plane,
    "reg-gauss": _hills,
}
