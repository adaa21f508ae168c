"""Run an experiment again: the page's own run, and the resets that a student may have made, with their losses."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.errors import BadUrl, CourseError
from autograder.playground.points import Points, draw
from autograder.playground.randomness import Stream
from autograder.playground.settings import Settings
from autograder.playground.training import Network, initial_weights, sizes

Array = np.ndarray[Any, Any]
EPOCHS, RESETS = 300, 20
LAST_EPOCH = 100_000
EXTENT = 6.0
# How often a layer of all starts is updated: 400,000 updates take about five seconds on a computer of 2026.
MOST_LAYER_UPDATES = 400_000


@dataclass(frozen=True)
class Rerun:
    """The result of an experiment.

    `losses` has the shape (epochs, 2, starts): training before test, and the page's own run as the first start.
    `surface` is the output of the page's own run on a square grid over [-6, 6] in both directions, with y from the
    top.
    """

    settings: Settings
    points: Points = field(repr=False)
    epochs: tuple[int, ...]
    losses: Array = field(repr=False)
    accuracy: Array = field(repr=False)
    initial: tuple[Array, ...] = field(repr=False)
    surface: Array = field(repr=False)

    @property
    def train_loss(self) -> float:
        """Training loss of the page's own run at the last epoch."""
        return float(self.losses[-1, 0, 0])

    @property
    def test_loss(self) -> float:
        """Test loss of the page's own run at the last epoch."""
        return float(self.losses[-1, 1, 0])

    @property
    def resets(self) -> Array:
        """Test losses of the resets at the last epoch, shape (resets,)."""
        return np.asarray(self.losses[-1, 1, 1:])

    @property
    def diverged(self) -> bool:
        """Whether any start ended with a loss that is not a finite number."""
        sets = [number for number, part in enumerate((self.points.train, self.points.test)) if len(part)]
        return not bool(np.isfinite(self.losses[-1, sets]).all())

    def median(self, test: bool = True) -> float:
        """Return the median loss over all starts at the last epoch; losses that are not finite count as infinite."""
        last = self.losses[-1, int(test)]
        return float(np.median(np.where(np.isfinite(last), last, np.inf)))

    def below(self, loss: float) -> int:
        """Return how many starts end with a test loss below this."""
        return int(np.sum(self.losses[-1, 1] < loss))

    def first_below(self, loss: float) -> Array:
        """Return for each start the first recorded epoch with a test loss below this.

        The epoch is infinity for a start that has none.
        """
        reached = self.losses[:, 1] < loss
        return np.where(reached.any(axis=0), np.asarray(self.epochs, float)[reached.argmax(axis=0)], np.inf)

    @property
    def chaotic(self) -> bool:
        """Whether the last bit of a number may change the result, so that no loss can be promised.

        This is true for learning rates of 3 and more, for ReLU on the spiral with every feature (two computers differ
        by 10 to 30 percent there), and for runs that diverged.
        """
        settings = self.settings
        everything = settings.data == "spiral" and settings.activation == "relu" and len(settings.features) == 7
        return settings.learning_rate >= 3 or everything or self.diverged


def updates(settings: Settings, points: int, epochs: int) -> int:
    """Return how often the layers of a network are updated in a run."""
    return epochs * (points // int(settings.batch_size)) * (len(sizes(settings)) - 1)


def read_epochs(text: str) -> tuple[int, ...]:
    """Return the epochs in a text like 0,1,10,300, in order. Raises CourseError for anything else."""
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,6}", part) and int(part) <= LAST_EPOCH for part in parts):
        raise CourseError(
            f"--epochs {text}: whole numbers from 0 to {LAST_EPOCH}, separated by commas, like 0,1,10,300"
        )
    return tuple(sorted(set(map(int, parts))))


def curve_to(last: int) -> tuple[int, ...]:
    """Return the epochs of a curve that ends at `last`: all of the first ten, then with growing gaps."""
    return tuple(sorted({round(last * (step / 40) ** 2) for step in range(41)} | set(range(min(last, 10)))))


@lru_cache(maxsize=32)  # several checks use the same URL; a run has a few megabytes at most
def rerun(settings: Settings, epochs: tuple[int, ...] = (), resets: int = RESETS) -> Rerun:
    """Run an experiment, from the page load and from `resets` resets, and return its losses at these epochs.

    The epochs must increase; without any, they are those of a curve up to epoch 300. Raises BadUrl for an experiment
    that would take minutes.
    """
    epochs = epochs or curve_to(EPOCHS)
    stream = Stream(settings.seed)
    points = draw(settings, stream)
    if updates(settings, len(points.train), epochs[-1]) * (1 + resets / 20) > 2 * MOST_LAYER_UPDATES:
        raise BadUrl(
            f"this is too long to re-run: {epochs[-1]} epochs of {len(points.train)} points "
            f"in batches of {settings.batch_size:g}",
            hint="Take a larger batch size (the page begins with 10), or fewer epochs.",
        )
    initial = initial_weights(settings, stream, 1 + resets)
    network = Network(settings, points, initial)
    losses = []
    for before, after in itertools.pairwise((0, *epochs)):
        network.epochs(before, after)
        losses.append(network.losses())
    axis = np.linspace(-EXTENT, EXTENT, 120)
    grid = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)
    surface = Network(settings, points, [layer[:1] for layer in network.weights]).outputs(grid.reshape(-1, 2))
    accuracy = [
        np.mean((network.outputs(part[:, :2]) >= 0) == (part[:, 2] >= 0), axis=1)
        if len(part)
        else np.full(1 + resets, np.nan)
        for part in (points.train, points.test)
    ]
    return Rerun(
        settings, points, epochs, np.array(losses), np.array(accuracy), tuple(initial), surface.reshape(grid.shape[:2])
    )
