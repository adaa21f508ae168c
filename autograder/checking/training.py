"""What a training was worth: models measured on rows that the student's kernel never saw, data told by its pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.checking import expect
from autograder.checking.models import History, Model, accuracy, cross_entropy
from autograder.checking.student import Student, some_rows
from autograder.records import Dataset

Array = np.ndarray[Any, Any]
SEEN_ROWS, VALIDATION_ROWS, PUBLIC_ROWS = 4000, 20_000, 5000
ROWS_AT_ONCE = 4000  # of 784 numbers: 25 MB of double precision
CLOSE = 0.01  # of one step of 256: a pixel that was divided by 255 in float32 is whole again


@dataclass(frozen=True)
class Names:
    """What a notebook calls its inputs and labels of a part (`train`, `val`, `test`), and what makes inputs of images.

    The defaults are those of Keras's own examples, and `prepare`.
    """

    inputs: str = "x_{part}"
    labels: str = "y_{part}"
    prepare: str = "prepare"


KERAS = Names()


@dataclass(frozen=True)
class Measured:
    """A model's accuracy and cross entropy, computed by the grader: on rows it was trained on, on withheld rows, on test rows."""

    seen_accuracy: float
    seen_loss: float
    withheld_accuracy: float
    withheld_loss: float
    test_accuracy: float

    @property
    def gap(self) -> float:
        """Overfitting: cross entropy on new rows minus that on rows it was trained on."""
        return self.withheld_loss - self.seen_loss


@dataclass(frozen=True)
class Pictures:
    """The pictures of a dataset by their pixels: the place and the label of each in the training and in the test part."""

    train: dict[int, tuple[int, int]]
    test: dict[int, tuple[int, int]]


@lru_cache(maxsize=4)  # one dataset is looked at by many checks of many submissions
def pictures(dataset: Dataset) -> Pictures:
    """The pictures of a dataset, found by their pixels."""

    def table(part: str) -> dict[int, tuple[int, int]]:
        x, y = dataset[f"x_{part}"], dataset[f"y_{part}"].ravel().tolist()
        return {name: (at, y[at]) for at, name in enumerate(names_of(x))}

    return Pictures(table("train"), table("test"))


def names_of(images: Array) -> list[int]:
    """A number of 64 bits for each picture, made of its pixels (bytes): different for different pictures, but by chance of 1e-10."""
    flat = np.ascontiguousarray(images, dtype=np.uint8).reshape(len(images), math.prod(images.shape[1:]))
    flat = np.pad(flat, ((0, 0), (0, -flat.shape[1] % 8)))
    words: Array = np.ascontiguousarray(flat).view(np.uint64)
    weights = np.random.default_rng(0).integers(1, 2**63, words.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    mixed = words ^ (words >> np.uint64(29))
    named: list[int] = (mixed * weights).sum(axis=1, dtype=np.uint64).tolist()
    return named


def prepared(images: Array) -> Array:
    """Pictures as rows of numbers between 0 and 1, shape (n, pixels), float32."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def as_the_student_prepares(student: Student, images: Array, names: Names = KERAS) -> Array:
    """Pictures as the student's own `prepare` makes them: in the kernel only where it does something of its own."""
    told = f"{names.prepare}(images)"

    def its_own() -> bool:
        some = images[some_rows(len(images), np.random.default_rng(0), 6)]
        seen = np.asarray(expect.array(student.call(names.prepare, some), told), dtype=np.float64)
        wanted = prepared(some)
        return seen.shape != wanted.shape or not np.allclose(seen, wanted, atol=1e-5)

    if not student.once("prepares in a way of its own", its_own):
        return prepared(images)
    return np.asarray(expect.array(student.call(names.prepare, images), told), dtype=np.float32)


def places(rows: Array, table: dict[int, tuple[int, int]]) -> list[tuple[int, int] | None]:
    """Where each of these prepared rows stands in a part of the dataset, with its label; None for what is not there.

    Rows are pixels over 255, once or twice, or pixels as they were; anything else is not there.
    """
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:])).astype(np.float64)
    found: list[tuple[int, int] | None] = [None] * len(flat)
    left = np.arange(len(flat))
    for scale in (255.0, 1.0, 255.0**2):
        scaled = flat[left] * scale
        pixels = np.rint(scaled)
        low, high = pixels.min(axis=1, initial=0), pixels.max(axis=1, initial=0)
        fits = (high > 1) & (low >= 0) & (high <= 255) & (np.abs(scaled - pixels).max(axis=1, initial=0) < CLOSE)
        for at, name in zip(left[fits].tolist(), names_of(pixels[fits].astype(np.uint8)), strict=True):
            found[at] = table.get(name)
        left = left[~fits]
    return found


def labels_of(student: Student, name: str, index: Sequence[int]) -> Array:
    """Labels of some rows as class numbers, whether they are numbers or one-hot rows."""
    rows = student.rows(name, index)
    if rows.ndim == 2 and rows.shape[1] > 1:
        return np.asarray(rows.argmax(axis=1))
    return rows.reshape(len(rows)).astype(np.int64)


def sample(
    student: Student, part: str, count: int, rng: np.random.Generator, names: Names = KERAS
) -> tuple[Array, Array]:
    """Return some inputs and labels of the student's part `train`, `val` or `test`."""
    inputs, labels = names.inputs.format(part=part), names.labels.format(part=part)

    def take() -> tuple[Array, Array]:
        index = some_rows(student.shape(inputs)[0], rng, count)
        parts = [index[at : at + ROWS_AT_ONCE] for at in range(0, len(index), ROWS_AT_ONCE)]
        rows = np.concatenate([student.rows(inputs, some).astype(np.float32) for some in parts])
        return rows, labels_of(student, labels, index)

    return student.once(f"{part} {count}", lambda: student.while_same(inputs, f"{part} {count}", take))


def live_model(student: Student, name: str, rng: np.random.Generator, names: Names = KERAS) -> Model:
    """Return a trained model of the student's, for inputs like those that it was trained on."""
    inputs = names.inputs.format(part="train")
    return student.once(f"model {name}", lambda: student.model(name, rng, shape=student.shape(inputs)[1:]))


def measured(student: Student, name: str, dataset: Dataset, rng: np.random.Generator, names: Names = KERAS) -> Measured:
    """Measure a model of the student's, once for all checks of a cell."""

    def measure() -> Measured:
        model = live_model(student, name, rng, names)
        x, y = sample(student, "train", SEEN_ROWS, rng, names)
        new, truth = as_the_student_prepares(student, dataset["x_withheld"], names), dataset["y_withheld"]
        chosen = rng.choice(len(dataset["x_test"]), size=min(PUBLIC_ROWS, len(dataset["x_test"])), replace=False)
        public = as_the_student_prepares(student, dataset["x_test"][chosen], names)
        public_truth = dataset["y_test"][chosen].ravel()
        seen_out, new_out, public_out = (model.log_probabilities(part) for part in (x, new, public))
        classes = len(np.unique(truth))
        expect.that(
            new_out.shape[1] == classes,
            f"{name} has {new_out.shape[1]} outputs",
            hint=f"One for each class: {classes}.",
        )
        done = Measured(
            accuracy(seen_out, y),
            cross_entropy(seen_out, y),
            accuracy(new_out, truth),
            cross_entropy(new_out, truth),
            accuracy(public_out, public_truth),
        )
        for quantity in ("withheld_accuracy", "gap", "withheld_loss", "seen_loss", "test_accuracy"):
            student.measure(f"{name} {quantity}", getattr(done, quantity))
        return done

    return student.once(f"measured {name}", measure)


def complete_history(student: Student, name: str) -> History:
    """A history with losses and accuracies, of training and validation."""
    history = student.history(name)
    for quantity in ("loss", "val_loss", "accuracy", "val_accuracy"):
        told = f"{name} has no {quantity}: it has {', '.join(sorted(history.record)) or 'nothing'}"
        hint = "validation_data=(x_val, y_val)" if quantity.startswith("val") else 'metrics=["accuracy"]'
        expect.that(history.record.get(quantity), told, hint=hint)
    seen = student.trained_epochs()
    if seen < history.epochs:
        student.flag(
            f"{name} tells of {history.epochs} epochs, but fit trained {seen} in this notebook: who made {name}?"
        )
    return history


def expect_own_history(
    student: Student, rng: np.random.Generator, name: str, history: History, names: Names = KERAS
) -> None:
    """Fail unless an epoch (the last, or the best one restored) is what the live model does on the validation rows."""
    x, y = sample(student, "val", VALIDATION_ROWS, rng, names)
    model = live_model(student, name, rng, names)
    out = model.log_probabilities(x)
    seen, loss = accuracy(out, y), cross_entropy(out, y)
    penalty = any(
        layer.penalty for layer in model.layers
    )  # then the loss of the history is more than the cross entropy
    best = {int(np.argmin(history.record["val_loss"])), int(np.argmax(history.record["val_accuracy"]))}
    # a few rows fall to the other side; where only float32 probabilities are seen, a loss comes out lower than Keras's own
    above = 0.04 if model.rebuilt else 0.3
    fits = [
        abs(history.record["val_accuracy"][epoch] - seen) <= 0.003
        and (penalty or -0.04 * loss - 0.002 <= history.record["val_loss"][epoch] - loss <= above * loss + 0.002)
        for epoch in {-1, *best}
    ]
    told = f"the history ends with a validation accuracy of {history.record['val_accuracy'][-1]:.3f}, {name} has {seen:.3f}"
    expect.that(any(fits), told, hint=f"The history that fit returned when {name} was trained, and no other.")
