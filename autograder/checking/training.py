"""Measurements of a student's training.

Models are measured on rows that the student's kernel never had. Pictures are recognised by their pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.checking import expect
from autograder.checking.figures import Image
from autograder.checking.models import History, Model, accuracy, cross_entropy
from autograder.checking.student import Student, some_rows
from autograder.records import Dataset

Array = np.ndarray[Any, Any]
SEEN_ROWS, VALIDATION_ROWS, PUBLIC_ROWS = 4000, 20_000, 5000
MOST_CLASSES = 10_000
COPIED = 0.99  # correlation of weights; of two trainings from one seed 0.95 and less in the first layer
LEARNED = 0.5  # accuracy
FALLS_TO = 0.9  # of the training loss of the first epoch; honest networks get to 0.7 and less
NEARER = 0.6  # of the gap: a part whose loss is that much lower than that of new rows was trained on
LEAST_GAP = 0.15  # of the loss; below it the noise of a few hundred rows would decide
ROWS_AT_ONCE = 4000  # rows of 784 numbers: 25 MB in double precision
CLOSE = 0.01  # of one grey level: after division by 255 in float32 and multiplication, a pixel is a whole number again


@dataclass(frozen=True)
class Names:
    """The names of a notebook for the inputs and labels of a part, and for the function that prepares images.

    A part is `train`, `val` or `test`. The defaults are those of Keras's own examples, and `prepare`.
    """

    inputs: str = "x_{part}"
    labels: str = "y_{part}"
    prepare: str = "prepare"


KERAS = Names()


@dataclass(frozen=True)
class Measured:
    """Accuracy and cross entropy of a model, computed by the grader.

    `seen` are rows that the model was trained on, `withheld` are rows that students never get, `test` are the public
    test rows.
    """

    seen_accuracy: float
    seen_loss: float
    withheld_accuracy: float
    withheld_loss: float
    test_accuracy: float
    test_loss: float

    @property
    def gap(self) -> float:
        """Overfitting: cross entropy on withheld rows minus cross entropy on rows the model was trained on."""
        return self.withheld_loss - self.seen_loss


@dataclass(frozen=True)
class Pictures:
    """The pictures of a dataset, by their pixels.

    `train` and `test` map the number of a picture (see `names_of`) to its index in that part and its label.
    """

    train: dict[int, tuple[int, int]]
    test: dict[int, tuple[int, int]]


@lru_cache(maxsize=4)  # many checks of many submissions use the same dataset
def pictures(dataset: Dataset) -> Pictures:
    """Return the pictures of a dataset, by their pixels."""

    def table(part: str) -> dict[int, tuple[int, int]]:
        x, y = dataset[f"x_{part}"], dataset[f"y_{part}"].ravel().tolist()
        return {name: (at, y[at]) for at, name in enumerate(names_of(x))}

    return Pictures(table("train"), table("test"))


def names_of(images: Array) -> list[int]:
    """Return a number of 64 bits for each picture, made of its pixels (bytes).

    Different pictures have different numbers, except with a probability of 1e-10.
    """
    flat = np.ascontiguousarray(images, dtype=np.uint8).reshape(len(images), math.prod(images.shape[1:]))
    flat = np.pad(flat, ((0, 0), (0, -flat.shape[1] % 8)))
    words: Array = np.ascontiguousarray(flat).view(np.uint64)
    weights = np.random.default_rng(0).integers(1, 2**63, words.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    mixed = words ^ (words >> np.uint64(29))
    numbers: list[int] = (mixed * weights).sum(axis=1, dtype=np.uint64).tolist()
    return numbers


def prepared(images: Array) -> Array:
    """Return pictures as rows of numbers between 0 and 1, shape (n, pixels), float32."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def as_the_student_prepares(student: Student, dataset: Dataset, images: Array, names: Names = KERAS) -> Array:
    """Return pictures as the student's own `prepare` makes them.

    What it does is learned from pictures that students have: withheld ones do not enter the kernel. Where it does more
    than to scale and shift each pixel, the kernel prepares them after all, and a person is told.
    """
    what = f"{names.prepare}(images)"

    def learn() -> Effect | None:
        some = dataset["x_train"][
            some_rows(len(dataset["x_train"]), np.random.default_rng(0), student.at_most(EXAMPLES))
        ]
        return effect_of(some, np.asarray(expect.array(student.call(names.prepare, some), what), dtype=np.float64))

    effect = student.once("what prepare does", learn)
    if effect is not None:
        return effect.on(images)
    student.flag(f"{names.prepare} does more than to scale pixels: withheld pictures, without labels, went through it")
    return np.asarray(expect.array(student.call(names.prepare, images), what), dtype=np.float32)


EXAMPLES = 60  # pictures from which the effect of a preparation is learned
EXACT = 1e-4  # of the range of the prepared pixels


@dataclass(frozen=True)
class Effect:
    """What a preparation does to each pixel: pixel times factor plus shift, and the shape that a picture then has.

    `by_columns`: the pixels of a picture are taken column by column. Shapes: factor and shift (pixels,).
    """

    factor: Array
    shift: Array
    shape: tuple[int, ...]
    by_columns: bool

    def on(self, images: Array) -> Array:
        """Return pictures with this effect, float32, shape (n, *shape)."""
        flat = _pixels(images, self.by_columns) * self.factor + self.shift
        return np.asarray(flat.reshape(len(images), *self.shape), dtype=np.float32)


def _pixels(images: Array, by_columns: bool) -> Array:
    if by_columns and images.ndim > 2:
        images = images.swapaxes(1, 2)
    return np.asarray(images.reshape(len(images), math.prod(images.shape[1:])), dtype=np.float64)


def effect_of(images: Array, prepared_images: Array) -> Effect | None:
    """Return the effect that turned some pictures into others; None where it is more than a scale for each pixel."""
    count = math.prod(images.shape[1:])
    if prepared_images.shape[:1] != images.shape[:1] or math.prod(prepared_images.shape[1:]) != count:
        return None
    y, shape = prepared_images.reshape(len(images), count), prepared_images.shape[1:]
    if not np.isfinite(y).all():
        return None
    for by_columns in (False, True):
        x = _pixels(images, by_columns)
        middle, spread = x.mean(axis=0), x.var(axis=0)
        varied = spread > 0
        if not varied.any():
            return None
        covariance = ((x - middle) * (y - y.mean(axis=0))).mean(axis=0)
        factor = np.where(varied, covariance / np.where(varied, spread, 1), 0)
        # a pixel that is the same in all of these pictures has the factor of most others
        factor = np.where(varied, factor, np.median(factor[varied]))
        shift = y.mean(axis=0) - factor * middle
        if np.abs(x * factor + shift - y).max() <= EXACT * max(float(np.ptp(y)), 1e-12):
            return Effect(factor, shift, shape, by_columns)
    return None


def places(rows: Array, table: dict[int, tuple[int, int]]) -> list[tuple[int, int] | None]:
    """Return for each of these prepared rows its index in a part of the dataset and its label.

    Rows are pixels divided by 255, once or twice, or pixels as they were. For any other row the result has None.
    """
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:])).astype(np.float64)
    result: list[tuple[int, int] | None] = [None] * len(flat)
    unknown = np.arange(len(flat))
    for scale in (255.0, 1.0, 255.0**2):
        scaled = flat[unknown] * scale
        pixels = np.rint(scaled)
        low, high = pixels.min(axis=1, initial=0), pixels.max(axis=1, initial=0)
        fits = (high > 1) & (low >= 0) & (high <= 255) & (np.abs(scaled - pixels).max(axis=1, initial=0) < CLOSE)
        for at, name in zip(unknown[fits].tolist(), names_of(pixels[fits].astype(np.uint8)), strict=True):
            result[at] = table.get(name)
        unknown = unknown[~fits]
    return result


def place_of(image: Image, table: dict[int, tuple[int, int]]) -> tuple[int, int] | None:
    """Return the index and the label of the picture that an image of a figure shows; None for another one."""
    rows = [view.reshape(1, -1) for view in image.views() if view.size]
    return next((place for row in rows for place in places(row, table) if place), None)


def labels_of(student: Student, name: str, index: Sequence[int]) -> Array:
    """Return the labels of some rows as class numbers, whether they are numbers or one-hot rows."""
    rows = student.rows(name, index)
    if rows.ndim == 2 and rows.shape[1] > 1:
        return np.asarray(rows.argmax(axis=1))
    expect.that(rows.size == len(rows), f"{name} has {rows.size} numbers for {len(rows)} rows, one each is expected")
    labels = rows.reshape(len(rows)).astype(np.float64)
    whole = bool(np.all((labels >= 0) & (labels < MOST_CLASSES) & (labels == np.rint(labels))))
    expect.that(whole, f"{name} does not hold numbers of classes", hint="0 for the first class, 1 for the second.")
    return labels.astype(np.int64)


def expect_classes(labels: Array, out: Array, name: str) -> None:
    """Fail unless a model has an output for each of these labels."""
    highest = int(labels.max(initial=0))
    message = f"{name} has {out.shape[1]} outputs, and there is a label {highest}"
    expect.that(highest < out.shape[1], message, hint="One output for each class; the first class is 0.")


def sample(
    student: Student, part: str, count: int, rng: np.random.Generator, names: Names = KERAS
) -> tuple[Array, Array]:
    """Return some inputs and labels of the student's part `train`, `val` or `test`."""
    inputs, labels = names.inputs.format(part=part), names.labels.format(part=part)

    def take() -> tuple[Array, Array]:
        index = some_rows(student.length(inputs), rng, count)
        parts = [index[at : at + ROWS_AT_ONCE] for at in range(0, len(index), ROWS_AT_ONCE)]
        item = student.shape(inputs)[1:]
        rows = np.concatenate([student.rows(inputs, some, item).astype(np.float32) for some in parts])
        return rows, labels_of(student, labels, index)

    return student.once(f"{part} {count}", lambda: student.while_same(inputs, f"{part} {count}", take))


def live_model(student: Student, name: str, rng: np.random.Generator, names: Names = KERAS) -> Model:
    """Return a trained model of the student, for inputs like those that it was trained on."""
    inputs = names.inputs.format(part="train")
    return student.once(f"model {name}", lambda: student.model(name, rng, shape=student.shape(inputs)[1:]))


def measured(student: Student, name: str, dataset: Dataset, rng: np.random.Generator, names: Names = KERAS) -> Measured:
    """Measure a model of the student, once for all checks of a cell."""

    def measure() -> Measured:
        model = live_model(student, name, rng, names)
        x, y = sample(student, "train", student.at_most(SEEN_ROWS), rng, names)
        count = student.at_most(len(dataset["x_withheld"]))
        new = as_the_student_prepares(student, dataset, dataset["x_withheld"][:count], names)
        truth = dataset["y_withheld"][:count]
        public_count = student.at_most(min(PUBLIC_ROWS, len(dataset["x_test"])))
        chosen = rng.choice(len(dataset["x_test"]), size=public_count, replace=False)
        public = as_the_student_prepares(student, dataset, dataset["x_test"][chosen], names)
        public_truth = dataset["y_test"][chosen].ravel()
        seen_out, new_out, public_out = (model.log_probabilities(part) for part in (x, new, public))
        classes = len(np.unique(dataset["y_withheld"]))
        expect.that(
            new_out.shape[1] == classes,
            f"{name} has {new_out.shape[1]} outputs",
            hint=f"One for each class: {classes}.",
        )
        expect_classes(y, seen_out, name)
        result = Measured(
            accuracy(seen_out, y),
            cross_entropy(seen_out, y),
            accuracy(new_out, truth),
            cross_entropy(new_out, truth),
            accuracy(public_out, public_truth),
            cross_entropy(public_out, public_truth),
        )
        for quantity in ("withheld_accuracy", "gap", "withheld_loss", "seen_loss", "test_accuracy"):
            student.measure(f"{name} {quantity}", getattr(result, quantity))
        return result

    return student.once(f"measured {name}", measure)


def complete_history(student: Student, name: str, beside: Sequence[str] = ()) -> History:
    """Return a history that has losses and accuracies, of training and validation.

    `beside`: the histories of other trainings in the same notebook. Fails if a list is missing. Flags histories of
    more epochs together than `fit` trained in this notebook.
    """
    history = student.history(name)
    for quantity in ("loss", "val_loss", "accuracy", "val_accuracy"):
        message = f"{name} has no {quantity}: it has {', '.join(sorted(history.record)) or 'nothing'}"
        hint = "validation_data=(x_val, y_val)" if quantity.startswith("val") else 'metrics=["accuracy"]'
        expect.that(history.record.get(quantity), message, hint=hint)
    lengths = {len(values) for values in history.record.values()}
    expect.that(len(lengths) == 1, f"the lists in {name} have different lengths", hint=f"{name} = model.fit(...)")
    seen = student.trained_epochs()
    told = history.epochs + sum(student.history(other).epochs for other in beside)
    if seen < told:
        names = " and ".join([*beside, name])
        verb = "tell" if beside else "tells"
        student.flag(f"{names} {verb} of {told} epochs, but fit trained {seen} in this notebook: who made {name}?")
    return history


def expect_trained_anew(student: Student, rng: np.random.Generator, name: str, first: str) -> None:
    """Fail if all Dense layers of a model hold multiples of another model's weights: it was not trained.

    Two trainings that begin with equal weights differ in the end.
    """
    own, others = (
        [layer.weights[0] for layer in live_model(student, model, rng).dense if layer.weights]
        for model in (name, first)
    )
    pairs = list(zip(own, others, strict=False))
    alike = [one.shape == other.shape and expect.likeness(one, other) > COPIED for one, other in pairs]
    copied = len(own) == len(others) and alike and all(alike)
    message = f"the Dense layers of {name} hold the weights of {first}"
    expect.that(not copied, message, hint=f"Make a new network and train it: {name}.fit(...)")


def expect_validation_unseen(
    student: Student, name: str, result: Measured, rng: np.random.Generator, names: Names = KERAS
) -> None:
    """Fail if the loss of a model on the validation rows is that on rows it was trained on, and not that on new ones.

    A model that has learned nothing by heart has one loss for all rows: then nothing can be said.
    """
    x, y = sample(student, "val", student.at_most(VALIDATION_ROWS), rng, names)
    out = live_model(student, name, rng, names).log_probabilities(x)
    expect_classes(y, out, name)
    _expect_loss_of_new_rows(name, "validation", cross_entropy(out, y), result)


def expect_test_unseen(name: str, result: Measured) -> None:
    """Fail if the loss of a model on the test rows is that on rows it was trained on, and not that on new ones."""
    _expect_loss_of_new_rows(name, "test", result.test_loss, result)


def _expect_loss_of_new_rows(name: str, part: str, loss: float, result: Measured) -> None:
    nearer = result.withheld_loss - loss > NEARER * result.gap
    message = (
        f"the loss of {name} is {loss:.3f} on the {part} rows, {result.seen_loss:.3f} on training rows "
        f"and {result.withheld_loss:.3f} on new ones"
    )
    hint = f"It was trained on the {part} rows, too: fit(x_train, y_train, validation_data=(x_val, y_val))."
    expect.that(result.gap < LEAST_GAP or not nearer, message, hint=hint)


def expect_own_history(
    student: Student, rng: np.random.Generator, name: str, history: History, names: Names = KERAS
) -> None:
    """Fail unless an epoch of the history agrees with the live model on the validation rows.

    The last epoch may agree, or the best one, because a callback can restore its weights.
    """
    x, y = sample(student, "val", student.at_most(VALIDATION_ROWS), rng, names)
    model = live_model(student, name, rng, names)
    out = model.log_probabilities(x)
    expect_classes(y, out, name)
    seen, loss = accuracy(out, y), cross_entropy(out, y)
    # a penalty is part of the loss in the history, but not of the cross entropy
    penalty = any(layer.penalty for layer in model.layers)
    best = {int(np.argmin(history.record["val_loss"])), int(np.argmax(history.record["val_accuracy"]))}
    # rounding changes the class of a few rows; a loss from float32 probabilities is lower than Keras's own
    above = 0.04 if model.rebuilt else 0.3
    fits = [
        abs(history.record["val_accuracy"][epoch] - seen) <= 0.003
        and (penalty or -0.04 * loss - 0.002 <= history.record["val_loss"][epoch] - loss <= above * loss + 0.002)
        for epoch in {-1, *best}
    ]
    message = (
        f"the history ends with a validation accuracy of {history.record['val_accuracy'][-1]:.3f}, "
        f"{name} has {seen:.3f}"
    )
    expect.that(any(fits), message, hint=f"The history that fit returned when {name} was trained, and no other.")
    first, last = history.record["loss"][0], history.record["loss"][-1]
    message = f"the training loss goes from {first:.3f} to {last:.3f}: that is no training from random weights"
    began_trained = seen > LEARNED and last > FALLS_TO * first
    expect.that(not began_trained, message, hint=f"Make a new network and train it: {name}.fit(...)")
