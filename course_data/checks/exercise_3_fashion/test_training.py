"""Exercise 3, parts 3 to 7: training, curves, overfitting as a number, a cure, and the remaining errors. 26 points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking import Axes, Line, Namespace, Student, check, expect
from autograder.checking.models import History, Layer, Model, confusion
from autograder.checking.training import (
    PUBLIC_ROWS,
    complete_history,
    expect_own_history,
    expect_test_unseen,
    expect_trained_anew,
    expect_validation_unseen,
    live_model,
    measured,
    pictures,
    place_of,
    prepared,
)

Array = np.ndarray[Any, Any]
EPOCHS = 15
GAP_LEFT, ACCURACY_LOST = 0.7, 0.03  # of the cure
LEAST_DROPOUT, LEAST_NOISE, LEAST_PENALTY = 0.05, 0.01, 1e-6  # below these nothing is changed but the name
UNSEEN = "something that neither the network nor the history shows"  # such as pictures that vary from epoch to epoch
# accuracies of honest models on test and withheld rows differ by up to 0.015, plus the error of both
PUBLIC_AHEAD = 0.02


# --- train


@check(cell="train", points=1, title="model was trained for at least 15 epochs, with validation")
def test_epochs(student: Student, rng: np.random.Generator) -> None:
    history = complete_history(student, "history")
    expect.that(history.epochs >= EPOCHS, f"history has {history.epochs} epochs", hint="epochs=20")


@check(cell="train", points=1, title="model has learned something about pictures it has never seen")
def test_learned(student: Student, rng: np.random.Generator) -> None:
    expect_accuracy(student, rng, "learned_accuracy")


@check(cell="train", points=1.5, title="model classifies new pictures as well as other networks of this kind")
def test_good(student: Student, rng: np.random.Generator) -> None:
    expect_accuracy(student, rng, "good_accuracy")


def expect_accuracy(student: Student, rng: np.random.Generator, threshold: str) -> None:
    """Fail unless `model` is a perceptron whose accuracy on withheld rows reaches a threshold."""
    convolutional = [layer.kind for layer in live_model(student, "model", rng).layers if layer.convolutional]
    expect.that(
        not convolutional, f"model has the layer {convolutional[:1]}", hint="A perceptron has Dense layers alone."
    )
    result = measured(student, "model", student.dataset("fashion_mnist"), rng)
    seen = f"{result.withheld_accuracy:.3f} of the new pictures are classified correctly"
    least = student.threshold(threshold)
    expect.that(
        result.withheld_accuracy >= least, seen, hint="Does the loss fall? Are the pictures prepared, the labels right?"
    )


@check(cell="train", points=1, title="history belongs to model")
def test_history(student: Student, rng: np.random.Generator) -> None:
    expect_own_history(student, rng, "model", complete_history(student, "history"))


@check(cell="train", points=0.5, title="neither the test nor the validation pictures were trained on")
def test_public_rows(student: Student, rng: np.random.Generator) -> None:
    result = measured(student, "model", student.dataset("fashion_mnist"), rng)
    ahead = result.test_accuracy - result.withheld_accuracy
    message = (
        f"model is right on {result.test_accuracy:.3f} of the test pictures "
        f"and {result.withheld_accuracy:.3f} of other new ones"
    )
    p, rows = result.withheld_accuracy, min(len(student.dataset("fashion_mnist")["x_withheld"]), PUBLIC_ROWS)
    error = float(np.sqrt(p * (1 - p) * 2 / rows))
    expect.that(
        ahead <= PUBLIC_AHEAD + 4 * error, message, hint="Train on x_train alone; the test part is for the end."
    )
    expect_test_unseen("model", result)
    expect_validation_unseen(student, "model", result, rng)


@check(cell="train", points=1, title="model overfits, as it should here")
def test_overfits(student: Student, rng: np.random.Generator) -> None:
    result, history = (
        measured(student, "model", student.dataset("fashion_mnist"), rng),
        complete_history(student, "history"),
    )
    message = f"the loss on new pictures is {result.gap:.3f} above that on training pictures"
    hint = "More epochs, more neurons, no cure yet."
    expect.that(result.gap >= student.threshold("overfitting_gap"), message, hint=hint)
    losses = history.record["val_loss"]
    message = f"the validation loss ends at {losses[-1]:.3f}, and its lowest value is {min(losses):.3f}"
    expect.that(losses[-1] > min(losses), message, hint=hint)


# --- curves, gap


def drawn(student: Student) -> list[Axes]:
    """Return the axes with curves in all figures that the cell showed."""
    figures = student.figures()
    expect.that(figures, "no figure was shown", hint="End the cell with plt.show().")
    return [axes for figure in figures for axes in figure.axes if axes.curves()]


def check_curves(student: Student, quantity: str) -> None:
    """Fail unless both curves of a quantity run through the values in the history."""
    axes_with_lines, history = drawn(student), complete_history(student, "history")
    lines = [line for axes in axes_with_lines for line in axes.curves()]
    for name, part in ((quantity, "training"), (f"val_{quantity}", "validation")):
        fits = any(line.shows(history.record[name]) for line in lines)
        seen = f"none of the {len(lines)} curves shows the {part} {quantity} of history"
        expect.that(fits, seen, hint=f"ax.plot(history.history['{name}'])")


def expect_own_names(lines: Sequence[Line], history: History) -> None:
    """Fail where the legend calls a training curve validation, or the other way round."""
    for name, values in history.record.items():
        own, other = ("val", "train") if name.startswith("val_") else ("train", "val")
        for line in lines:
            said = line.label.lower()
            if line.shows(values) and other in said and own not in said:
                expect.fail(f"the curve that is called {line.label!r} shows {name}", hint="Exchange the names.")


def tells_apart(axes: Axes) -> bool:
    """Return whether a legend tells training from validation: as words, or as Keras' names loss and val_loss."""
    entries = [entry.lower() for entry in axes.legend]
    others = [entry for entry in entries if "val" not in entry and ("loss" in entry or "acc" in entry)]
    return bool(others) and any("val" in entry for entry in entries)


@check(cell="curves", points=1.5, title="the figure shows the loss, for training and validation")
def test_loss_curves(student: Student) -> None:
    check_curves(student, "loss")


@check(cell="curves", points=1.5, title="the figure shows the accuracy, for training and validation")
def test_accuracy_curves(student: Student) -> None:
    check_curves(student, "accuracy")


@check(cell="curves", points=1, title="the figure says what it shows")
def test_curve_labels(student: Student) -> None:
    axes_with_lines = drawn(student)
    expect.that(axes_with_lines, "the figure has no curves in it")
    expect.that(
        any("epoch" in axes.xlabel.lower() for axes in axes_with_lines),
        "no axis is labelled 'epoch'",
        hint="ax.set_xlabel",
    )
    titles = [figure.title.lower() for figure in student.figures()]
    words = " ".join([*titles, *(axes.words() for axes in axes_with_lines)])
    named = all(any(word in words for word in variants) for variants in (("train",), ("val",)))
    named = named or any(map(tells_apart, axes_with_lines))
    expect.that(named, "a legend does not tell training from validation", hint='label="training", and ax.legend()')
    expect_own_names([line for axes in axes_with_lines for line in axes.curves()], complete_history(student, "history"))


def made_up(rng: np.random.Generator) -> tuple[dict[str, list[float]], float, int]:
    """Return an invented history, and the right answers: the difference and the epoch.

    Its best accuracy and its lowest loss are not at the end.
    """
    epochs = int(rng.integers(8, 20))
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    values = {name: [float(value) for value in rng.uniform(0.3, 0.9, epochs)] for name in names}
    best = int(rng.integers(1, epochs - 2))
    values["val_loss"][best] = 0.1
    values["accuracy"][2], values["val_accuracy"][3] = 0.99, 0.98
    return values, values["accuracy"][-1] - values["val_accuracy"][-1], best + 1


def answered(student: Student, values: dict[str, list[float]]) -> list[Any]:
    """Return the student's two numbers for this history."""
    history = Namespace(
        {"history": values, "epoch": list(range(len(values["loss"]))), "params": {"epochs": len(values["loss"])}}
    )
    seen = student.call("overfitting_gap", history)
    return expect.parts(seen, 2, "overfitting_gap gives two numbers: (difference, epoch)", arrays=True)


@check(cell="gap", points=2, title="overfitting_gap gives the difference of the accuracies after the last epoch")
def test_difference(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        values, right, _ = made_up(rng)
        mistakes = {
            "the sign is exchanged": -right,
            "it is the best accuracies that were compared": max(values["accuracy"]) - max(values["val_accuracy"]),
            "it is the losses that were compared": values["loss"][-1] - values["val_loss"][-1],
            "it is in percent": 100 * right,
        }
        seen = answered(student, values)[0]
        expect.values(
            seen, right, "the difference", atol=1e-6, hint="Training minus validation, [-1].", mistakes=mistakes
        )


@check(cell="gap", points=2, title="overfitting_gap gives the epoch with the lowest validation loss, counted from 1")
def test_epoch(student: Student, rng: np.random.Generator) -> None:
    for _ in range(2):
        values, _, right = made_up(rng)
        mistakes = {
            "it is counted from 0": right - 1,
            "it is the epoch of the highest validation accuracy": int(np.argmax(values["val_accuracy"])) + 1,
            "it is the epoch of the lowest training loss": int(np.argmin(values["loss"])) + 1,
        }
        seen = answered(student, values)[1]
        expect.values(seen, float(right), "the epoch", atol=1e-6, hint="np.argmin(...) + 1", mistakes=mistakes)


# --- cure


def changes(before: Model, after: Model, one: History, other: History) -> str:
    """Return in words what makes the cured model more than one that was trained for fewer epochs.

    The text is empty if there is nothing, and UNSEEN if only the gap can tell.
    """
    new = [layer.kind for layer in after.layers if has_a_dose(layer, after) and layer.kind not in before.kinds()]
    if new:
        return f"the layer {new[0]}"
    penalties = [[layer for layer in model.layers if is_penalised(layer)] for model in (before, after)]
    if penalties[1] and not penalties[0]:
        return "a penalty on the weights"
    if after.parameters < 0.8 * before.parameters:
        return "a smaller network"
    if stopped_in_time(other):
        return "early stopping"
    if other.steps > 1.2 * one.steps > 0:
        return "more pictures"
    if other.epochs < one.epochs or "learning_rate" in other.record:
        return ""
    return UNSEEN


def stopped_in_time(history: History) -> bool:
    """Return whether a callback ended the training after its validation had been better, and not at a fixed epoch."""
    losses, accuracies = history.record["val_loss"], history.record["val_accuracy"]
    return history.stopped_early and (min(losses) < losses[-1] or max(accuracies) > accuracies[-1])


def has_a_dose(layer: Layer, model: Model) -> bool:
    """Return whether a layer changes the training of the others, and not only in name."""
    if not model.active and layer.kind.endswith(("Dropout", "Noise")):
        return False
    match layer.kind:
        case "Dropout" | "AlphaDropout" | "GaussianDropout":
            return number_of(layer, "rate") >= LEAST_DROPOUT
        case "GaussianNoise":
            return number_of(layer, "stddev") >= LEAST_NOISE
        case "BatchNormalization" | "LayerNormalization":
            return True
        case _:
            return False


def number_of(layer: Layer, name: str) -> float:
    """Return an argument of a layer that is a number; 0 where it is none."""
    value = layer.config.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def is_penalised(layer: Layer) -> bool:
    """Return whether a layer has a penalty on its weights that can be felt."""
    return layer.strength >= LEAST_PENALTY


def expect_more_than_fewer_epochs(one: History, other: History) -> None:
    """Fail if a cured model that was trained for fewer epochs has the curves of the first model up to there."""
    share = other.epochs * max(other.steps, 1) / (one.epochs * max(one.steps, 1))  # of the steps of the first training
    if stopped_in_time(other) or share >= 0.8:
        return
    at = max(round(share * one.epochs), 1) - 1
    before, after = (h.record["val_loss"][e] - h.record["loss"][e] for h, e in ((one, at), (other, -1)))
    message = (
        f"after {other.epochs} epochs validation and training loss are {after:.3f} apart, "
        f"and those of model were {before:.3f} apart after as many steps"
    )
    hint = "That it stopped earlier is all that helped: train it for as long as model."
    expect.that(after <= max(0.85 * before, before - 0.02), message, hint=hint)


@check(cell="cure", points=1, title="model_cured is another trained perceptron, and history_cured belongs to it")
def test_cured_model(student: Student, rng: np.random.Generator) -> None:
    model = live_model(student, "model_cured", rng)
    convolutional = [layer.kind for layer in model.layers if layer.convolutional]
    expect.that(
        not convolutional, f"model_cured has the layer {convolutional[:1]}", hint="A perceptron has Dense layers alone."
    )
    expect_trained_anew(student, rng, "model_cured", "model")
    first, own = complete_history(student, "history"), complete_history(student, "history_cured", ("history",))
    result = measured(student, "model_cured", student.dataset("fashion_mnist"), rng)
    expect_test_unseen("model_cured", result)
    expect_validation_unseen(student, "model_cured", result, rng)
    # both networks may be equally good in the end, so the history of one may fit the other
    expect.that(own.record != first.record, "history_cured is history", hint="What fit returned for model_cured.")
    expect_own_history(student, rng, "model_cured", own)


@check(cell="cure", points=1, title="it is a cure, and not only fewer epochs")
def test_cure(student: Student, rng: np.random.Generator) -> None:
    models = [live_model(student, name, rng) for name in ("model", "model_cured")]
    histories = [complete_history(student, name) for name in ("history", "history_cured")]
    change = changes(models[0], models[1], histories[0], histories[1])
    message = (
        f"model_cured is built like model, and was trained for {histories[1].epochs} epochs "
        f"instead of {histories[0].epochs}"
    )
    cures = "Dropout, L2, early stopping, fewer neurons, or varied pictures."
    expect.that(change, message, hint=cures)
    if change == UNSEEN:
        dataset = student.dataset("fashion_mnist")
        before, after = (measured(student, name, dataset, rng) for name in ("model", "model_cured"))
        message = (
            f"model_cured is built like model, trained with as many pictures, and has {after.gap:.3f} as its gap "
            f"in the loss, where model has {before.gap:.3f}"
        )
        expect.that(before.gap > 0 and after.gap <= GAP_LEFT * before.gap, message, hint=cures)
    expect_more_than_fewer_epochs(*histories)


@check(cell="cure", points=3, title="the gap between new and training pictures is at most 70 % of what it was")
def test_gap_closed(student: Student, rng: np.random.Generator) -> None:
    dataset = student.dataset("fashion_mnist")
    before, after = (measured(student, name, dataset, rng) for name in ("model", "model_cured"))
    expect_learned(student, rng)
    message = f"the gap in the loss was {before.gap:.3f} and is {after.gap:.3f}"
    expect.that(
        before.gap > 0 and after.gap <= GAP_LEFT * before.gap, message, hint="A stronger dose: more dropout, more L2."
    )


@check(cell="cure", points=1, title="the loss on new pictures is lower than before")
def test_loss_lower(student: Student, rng: np.random.Generator) -> None:
    dataset = student.dataset("fashion_mnist")
    before, after = (measured(student, name, dataset, rng) for name in ("model", "model_cured"))
    message = f"the loss on new pictures was {before.withheld_loss:.3f} and is {after.withheld_loss:.3f}"
    expect.that(
        after.withheld_loss < before.withheld_loss, message, hint="Too much of a medicine is a poison: a smaller dose."
    )


@check(cell="cure", points=2, title="the accuracy on new pictures is at most 0.03 lower than before")
def test_accuracy_kept(student: Student, rng: np.random.Generator) -> None:
    expect_learned(student, rng)


def expect_learned(student: Student, rng: np.random.Generator) -> None:
    """Fail if model_cured is much worse than model, or if model itself has learned nothing."""
    dataset = student.dataset("fashion_mnist")
    before, after = (measured(student, name, dataset, rng) for name in ("model", "model_cured"))
    least = max(before.withheld_accuracy - ACCURACY_LOST, student.threshold("learned_accuracy") - ACCURACY_LOST)
    message = f"the accuracy on new pictures was {before.withheld_accuracy:.3f} and is {after.withheld_accuracy:.3f}"
    expect.that(after.withheld_accuracy >= least, message, hint="A smaller dose, or more epochs.")


# --- errors


def right_confusion(student: Student, rng: np.random.Generator) -> Array:
    """Return the confusion matrix of model_cured on the test rows, computed by the grader."""

    def count() -> Array:
        dataset = student.dataset("fashion_mnist")
        out = live_model(student, "model_cured", rng).outputs(prepared(dataset["x_test"]))
        return confusion(dataset["y_test"].ravel(), out.argmax(axis=1))

    return student.once("confusion", count)


@check(cell="errors", points=2, title="confusion is that of model_cured on the test pictures")
def test_confusion(student: Student, rng: np.random.Generator) -> None:
    right = right_confusion(student, rng)
    seen = expect.array(student.get("confusion"), "confusion")
    expect.shape(seen, (10, 10), "confusion", hint="One row and one column for each class.")
    expect.finite(seen, "confusion")
    few = 0.005 * right.sum()  # in float32 a row between two classes may get either of them
    transposed = np.abs(seen - right.T).sum() <= few < np.abs(right - right.T).sum()
    expect.that(not transposed, "rows and columns of confusion are exchanged", hint="Rows are the true classes.")
    if abs(seen.sum() - right.sum()) > few:
        expect.fail(
            f"confusion counts {seen.sum():.0f} pictures, there are {right.sum()}", hint="Counts, of all test pictures."
        )
    message = "confusion is not that of model_cured on the test pictures"
    expect.that(np.abs(seen - right).sum() <= few, message, hint="Predict with model_cured, on x_test.")


@check(cell="errors", points=0.5, title="most_confused is the pair that is confused most often")
def test_most_confused(student: Student, rng: np.random.Generator) -> None:
    pair = expect.parts(student.get("most_confused"), 2, "most_confused is not a pair (true, predicted)", arrays=True)
    numbers = expect.array(pair, "most_confused")
    fits = numbers.shape == (2,) and set(numbers.tolist()) <= set(range(10))
    expect.that(fits, "most_confused does not hold two class numbers", hint="Numbers from 0 to 9.")
    true, predicted = (int(number) for number in numbers)
    expect.that(true != predicted, f"most_confused is ({true}, {predicted}): a class is not confused with itself")
    off = right_confusion(student, rng).copy()
    np.fill_diagonal(off, 0)
    message = f"({true}, {predicted}) happens {off[true, predicted]} times"
    if off[predicted, true] >= off.max() - 3 > off[true, predicted]:
        expect.fail(f"{message}: the pair is exchanged", hint="First the true class, then the predicted one.")
    expect.that(
        off[true, predicted] >= off.max() - 3, f"{message}, and another pair more often", hint="Without the diagonal."
    )


@check(cell="errors", points=1.5, title="the figure shows at least six misclassified pictures, with their classes")
def test_figure(student: Student, rng: np.random.Generator) -> None:
    figure = student.figure(images=6)
    shown = figure.pictures()
    expect.that(len(shown) >= 6, f"the figure has {len(shown)} pictures", hint="At least six.")
    table = pictures(student.dataset("fashion_mnist")).test
    positions = [place_of(image, table) for _, image in shown]
    message = "a picture in the figure is not one of the test pictures"
    expect.that(all(positions), message, hint="ax.imshow(test_images[i])")
    index = [place[0] for place in positions if place]
    dataset = student.dataset("fashion_mnist")
    out = live_model(student, "model_cured", rng).outputs(prepared(dataset["x_test"][index]))
    wrong = int((out.argmax(axis=1) != dataset["y_test"][index].ravel()).sum())
    expect.that(
        wrong >= len(index) - 1,
        f"{len(index) - wrong} pictures in the figure are classified correctly",
        hint="truth != predicted",
    )
    both = zip(dataset["y_test"][index].ravel().tolist(), out.argmax(axis=1).tolist(), strict=True)
    told = [is_named(axes.words(), *pair) for (axes, _), pair in zip(shown, both, strict=True)]
    message = f"{told.count(False)} of {len(told)} pictures do not say what they are and what they were taken for"
    expect.that(told.count(False) <= 1, message, hint='ax.set_title(f"{NAMES[true]} as {NAMES[predicted]}")')


CLASSES = ("shirt top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")


def is_named(words: str, true: int, predicted: int) -> bool:
    """Return whether a text names two classes, by their names or their numbers."""
    said = words.lower()
    return all(str(kind) in said or any(word in said for word in CLASSES[kind].split()) for kind in (true, predicted))
