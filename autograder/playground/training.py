"""The page's network: many starts are trained together, in one batched NumPy computation.

Layer l of R starts is an array of shape (R, out, in + 1), whose last column is the bias. Activations have the shape
(R, n + 1, samples) with a last row of ones, so that one product applies weights and bias.
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
TINY = 1e-150  # weights that keep shrinking lead to subnormal numbers, which slow a processor down a hundred times


def sizes(settings: Settings) -> list[int]:
    """Return the numbers of units, from the inputs to the one output."""
    return [len(settings.features), *settings.network_shape, 1]


def initial_weights(settings: Settings, stream: Stream, starts: int) -> list[Array]:
    """Return the weights and biases of a page load and the resets after it.

    The result is a list of layers of shape (starts, out, in + 1).
    """
    pairs = list(itertools.pairwise(sizes(settings)))
    layers = [np.full((starts, out, before + 1), 0.0 if settings.init_zero else BIAS) for before, out in pairs]
    for start, (layer, (before, out)) in itertools.product(range(starts), zip(layers, pairs, strict=True)):
        drawn = [[stream.draw() - 0.5 for _ in range(before)] for _ in range(out)]
        if not settings.init_zero:  # the numbers are drawn in any case
            layer[start, :, :before] = drawn
    return layers


@dataclass(frozen=True)
class Activation:
    """An activation function, and its derivative.

    `apply` works in place. `slope` computes the derivative from the outputs `o` and writes it into another array.
    """

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
    # NaN has slope 1
    "relu": Activation(lambda z: np.maximum(z, 0, out=z), lambda o, slope: np.not_equal(o, 0, out=slope)),
    "tanh": Activation(lambda z: np.tanh(z, out=z), _tanh_slope),
    "sigmoid": Activation(_sigmoid, _sigmoid_slope),
    "linear": Activation(lambda z: z, lambda o, slope: slope.fill(1)),
}


class Network:
    """Several starts of one experiment, in training; `weights` are views that change in place."""

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
        self._later_batches = [self._with_leftover(), *self._batches[1:]]

    def _views(self, buffer: Array) -> list[Array]:
        parts = zip(itertools.pairwise(self._cuts), self._shapes, strict=True)
        return [buffer[begin:end].reshape(shape) for (begin, end), shape in parts]

    def _cut(self) -> Iterator[_Batch]:
        size = int(self._settings.batch_size)
        for begin in range(0, len(self._train) - size + 1, size):
            yield self._batch(np.arange(begin, begin + size))

    def _with_leftover(self) -> _Batch | None:
        """Return the first batch of every epoch but the first one.

        The gradients of the points that the epoch before left over are added to it.
        """
        if not self._batches:
            return None
        size = int(self._settings.batch_size)
        left = np.arange(len(self._batches) * size, len(self._train))
        return self._batch(np.concatenate([left, np.arange(size)]))

    def _batch(self, index: Array) -> _Batch:
        x = _with_ones(inputs(self._settings, self._train[index, :2]))
        return _Batch(x, self._train[index, 2], _Workspace(self._shapes, len(index)))

    def epochs(self, begin: int, end: int) -> None:
        """Train from epoch `begin` to epoch `end`; epoch 0 is the state before any training."""
        if not self._batches:
            return  # the page never updates when a batch is larger than the training set
        with np.errstate(all="ignore"):  # the losses show that a run diverged
            for epoch in range(begin, end):
                for batch in self._later_batches if epoch else self._batches:
                    if batch is not None:
                        self._update(batch)

    def _update(self, batch: _Batch) -> None:
        workspace = batch.workspace
        self._forward(batch.x, workspace.outputs)
        delta, slope = workspace.deltas[-1], workspace.slopes[-1]
        output = workspace.outputs[-1][:, :-1]
        np.subtract(output, batch.labels, out=delta)
        if self._settings.classifies:
            self._output.slope(output, slope)
            np.multiply(delta, slope, out=delta)
        for at in range(len(self.weights) - 1, -1, -1):
            if at:
                np.matmul(workspace.deltas[at], workspace.outputs[at - 1].transpose(0, 2, 1), out=self._gradients[at])
                np.matmul(
                    self.weights[at].transpose(0, 2, 1)[:, :-1], workspace.deltas[at], out=workspace.deltas[at - 1]
                )
                self._hidden.slope(workspace.outputs[at - 1][:, :-1], workspace.slopes[at - 1])
                np.multiply(workspace.deltas[at - 1], workspace.slopes[at - 1], out=workspace.deltas[at - 1])
            else:  # every start has the same inputs: one product for all
                starts, out, before = self._shapes[0]
                flat = workspace.deltas[0].reshape(starts * out, -1)
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
        """Return the network's outputs, shape (starts, points), for coordinates of shape (points, 2)."""
        workspace = _Workspace(self._shapes, len(xy))
        with np.errstate(all="ignore"):
            self._forward(_with_ones(inputs(self._settings, xy)), workspace.outputs)
        return workspace.outputs[-1][:, 0].copy()

    def losses(self) -> Array:
        """Return the training and test loss of each start, shape (2, starts); NaN for an empty set."""
        return np.array([self._loss(points) for points in (self._train, self._test)])

    def _loss(self, points: Array) -> Array:
        if not len(points):
            return np.full(self._shapes[0][0], np.nan)
        with np.errstate(all="ignore"):
            return np.asarray(np.mean(0.5 * (self.outputs(points[:, :2]) - points[:, 2]) ** 2, axis=1))


class _Workspace:
    """Work arrays for one number of samples; to allocate new ones each time would take half of the run time."""

    def __init__(self, shapes: list[tuple[int, ...]], samples: int) -> None:
        self.outputs = [np.ones((starts, out + 1, samples)) for starts, out, _ in shapes]
        self.deltas = [np.empty((starts, out, samples)) for starts, out, _ in shapes]
        self.slopes = [np.empty((starts, out, samples)) for starts, out, _ in shapes]


@dataclass(frozen=True)
class _Batch:
    """Samples of one update: inputs of shape (features + 1, samples), labels of shape (samples,)."""

    x: Array
    labels: Array
    workspace: _Workspace


def _with_ones(x: Array) -> Array:
    return np.concatenate([x, np.ones((1, x.shape[1]))])


def _links(layer: Array) -> Array:
    """Return 1 for a weight and 0 for a bias, which is never regularised."""
    links = np.ones_like(layer)
    links[:, :, -1] = 0
    return links
