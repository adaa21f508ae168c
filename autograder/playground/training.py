"""The page's network, many starts of it trained together: one batched NumPy computation over all of them.

Layer l of R starts is an array of shape (R, out, in + 1), whose last column is the bias; activations have the shape
(R, n + 1, samples) with a last row of ones, so that one product does weights and bias.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.playground.points import Points, inputs
from autograder.playground.randomness import Stream
from autograder.playground.settings import Settings

Array = np.ndarray[Any, Any]
BIAS = 0.1
TINY = 1e-150  # weights that shrink for ever end as numbers with which a processor is a hundred times slower


def sizes(settings: Settings) -> list[int]:
    """Numbers of units from the inputs to the one output."""
    return [len(settings.features), *settings.network_shape, 1]


def initial_weights(settings: Settings, stream: Stream, starts: int) -> list[Array]:
    """Weights and biases of a page load and the resets after it, a list of layers of shape (starts, out, in + 1)."""
    pairs = list(itertools.pairwise(sizes(settings)))
    layers = [np.full((starts, out, before + 1), 0.0 if settings.init_zero else BIAS) for before, out in pairs]
    for start, (layer, (before, out)) in itertools.product(range(starts), zip(layers, pairs, strict=True)):
        drawn = [[stream.draw() - 0.5 for _ in range(before)] for _ in range(out)]
        if not settings.init_zero:  # the numbers are drawn all the same
            layer[start, :, :before] = drawn
    return layers


@dataclass(frozen=True)
class Activation:
    """A function that works in place, and its derivative at the outputs `o` as a function that fills another array."""

    apply: Callable[[Array], object]
    slope: Callable[[Array, Array], object]


def _sigmoid(z: Array) -> None:
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=z)
    np.reciprocal(z, out=z)


def _tanh_slope(o: Array, slope: Array) -> None:
    np.multiply(o, o, out=slope)
    np.subtract(1, slope, out=slope)


def _sigmoid_slope(o: Array, slope: Array) -> None:
    np.subtract(1, o, out=slope)
    np.multiply(slope, o, out=slope)


ACTIVATIONS = {
    "relu": Activation(
        lambda z: np.maximum(z, 0, out=z), lambda o, slope: np.not_equal(o, 0, out=slope)
    ),  # NaN has slope 1
    "tanh": Activation(lambda z: np.tanh(z, out=z), _tanh_slope),
    "sigmoid": Activation(_sigmoid, _sigmoid_slope),
    "linear": Activation(lambda z: z, lambda o, slope: slope.fill(1)),
}


class Network:
    """Some starts of one experiment, in training; `weights` are views that change in place."""

    def __init__(self, settings: Settings, points: Points, layers: list[Array]) -> None:
        self._settings = settings
        self._hidden = ACTIVATIONS[settings.activation]
        self._output = ACTIVATIONS["tanh" if settings.classifies else "linear"]
        self._all = np.concatenate([layer.ravel() for layer in layers])
        self._slopes = np.empty_like(self._all)
        self._cuts = np.cumsum([0, *(layer.size for layer in layers)])
        self._shapes = [layer.shape for layer in layers]
        self.weights, self._gradients = self._views(self._all), self._views(self._slopes)
        self._links = np.concatenate([_links(layer).ravel() for layer in layers])
        self._alive = np.ones_like(self._all)
        self._train, self._test = points.train, points.test
        self._batches = list(self._cut())
        self._first = [self._with_the_last(), *self._batches[1:]]

    def _views(self, buffer: Array) -> list[Array]:
        parts = zip(itertools.pairwise(self._cuts), self._shapes, strict=True)
        return [buffer[begin:end].reshape(shape) for (begin, end), shape in parts]

    def _cut(self) -> Iterator[_Batch]:
        size = int(self._settings.batch_size)
        for begin in range(0, len(self._train) - size + 1, size):
            yield self._batch(np.arange(begin, begin + size))

    def _with_the_last(self) -> _Batch | None:
        """The first batch of any epoch but the first: gradients of what was left over in the one before are added to it."""
        if not self._batches:
            return None
        size = int(self._settings.batch_size)
        left = np.arange(len(self._batches) * size, len(self._train))
        return self._batch(np.concatenate([left, np.arange(size)]))

    def _batch(self, index: Array) -> _Batch:
        x = _with_ones(inputs(self._settings, self._train[index, :2]))
        return _Batch(x, self._train[index, 2], _Room(self._shapes, len(index)))

    def epochs(self, begin: int, end: int) -> None:
        """Train from epoch `begin` to epoch `end`, epochs counted from 0 before any training."""
        if not self._batches:
            return  # the page never updates when a batch is larger than the training set
        with np.errstate(all="ignore"):  # a run that diverges says so by its losses
            for epoch in range(begin, end):
                for batch in self._first if epoch else self._batches:
                    if batch is not None:
                        self._update(batch)

    def _update(self, batch: _Batch) -> None:
        room = batch.room
        self._forward(batch.x, room.outputs)
        delta, slope = room.deltas[-1], room.slopes[-1]
        output = room.outputs[-1][:, :-1]
        np.subtract(output, batch.labels, out=delta)
        if self._settings.classifies:
            self._output.slope(output, slope)
            np.multiply(delta, slope, out=delta)
        for at in range(len(self.weights) - 1, -1, -1):
            if at:
                np.matmul(room.deltas[at], room.outputs[at - 1].transpose(0, 2, 1), out=self._gradients[at])
                np.matmul(self.weights[at].transpose(0, 2, 1)[:, :-1], room.deltas[at], out=room.deltas[at - 1])
                self._hidden.slope(room.outputs[at - 1][:, :-1], room.slopes[at - 1])
                np.multiply(room.deltas[at - 1], room.slopes[at - 1], out=room.deltas[at - 1])
            else:  # every start has the same inputs: one product for all
                starts, out, before = self._shapes[0]
                flat = room.deltas[0].reshape(starts * out, -1)
                np.matmul(flat, batch.x.T, out=self._gradients[0].reshape(starts * out, before))
        self._step(len(batch.labels))

    def _step(self, count: int) -> None:
        settings = self._settings
        np.multiply(self._slopes, settings.learning_rate / count, out=self._slopes)
        if settings.regularization == "none":
            np.subtract(self._all, self._slopes, out=self._all)
            return
        rate = settings.learning_rate * settings.regularization_rate
        penalty = (self._all if settings.regularization == "L2" else np.sign(self._all)) * self._links * rate
        stepped = self._all - self._slopes * self._alive
        np.subtract(stepped, penalty, out=self._all)
        self._all[np.abs(self._all) < TINY] = 0
        if settings.regularization == "L1":  # a weight that would cross zero is set to it, and stays there
            crossed = (stepped * self._all < 0) & (self._links > 0)
            self._alive[crossed] = 0
            self._all[crossed] = 0

    def _forward(self, x: Array, outputs: list[Array]) -> None:
        before = x
        for at, (layer, shape) in enumerate(zip(self.weights, self._shapes, strict=True)):
            z = outputs[at][:, :-1]
            if at == 0:
                starts, out, _ = shape
                z[...] = (layer.reshape(starts * out, -1) @ x).reshape(starts, out, -1)
            else:
                np.matmul(layer, before, out=z)
            (self._hidden if at < len(self.weights) - 1 else self._output).apply(z)
            before = outputs[at]

    def outputs(self, xy: Array) -> Array:
        """The network's output at points, shape (starts, points), from coordinates of shape (points, 2)."""
        room = _Room(self._shapes, len(xy))
        with np.errstate(all="ignore"):
            self._forward(_with_ones(inputs(self._settings, xy)), room.outputs)
        return room.outputs[-1][:, 0].copy()

    def losses(self) -> Array:
        """Training and test loss of each start, shape (2, starts); NaN for an empty set."""
        return np.array([self._loss(points) for points in (self._train, self._test)])

    def _loss(self, points: Array) -> Array:
        if not len(points):
            return np.full(self._shapes[0][0], np.nan)
        with np.errstate(all="ignore"):
            return np.asarray(np.mean(0.5 * (self.outputs(points[:, :2]) - points[:, 2]) ** 2, axis=1))


class _Room:
    """Arrays to work in, for one number of samples: making new ones would take half of the time."""

    def __init__(self, shapes: list[tuple[int, ...]], samples: int) -> None:
        self.outputs = [np.ones((starts, out + 1, samples)) for starts, out, _ in shapes]
        self.deltas = [np.empty((starts, out, samples)) for starts, out, _ in shapes]
        self.slopes = [np.empty((starts, out, samples)) for starts, out, _ in shapes]


@dataclass(frozen=True)
class _Batch:
    """Samples of one update: inputs of shape (features + 1, samples), labels of shape (samples,)."""

    x: Array
    labels: Array
    room: _Room


def _with_ones(x: Array) -> Array:
    return np.concatenate([x, np.ones((1, x.shape[1]))])


def _links(layer: Array) -> Array:
    """1 for a weight, 0 for a bias, which is never regularised."""
    links = np.ones_like(layer)
    links[:, :, -1] = 0
    return links
