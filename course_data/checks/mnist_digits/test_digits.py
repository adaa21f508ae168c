"""Bonus: the lecture's network on MNIST, its last layer, its predictions, and what dropout and L2 do. 16 points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking import Student, check, expect
from autograder.checking.models import Layer
from autograder.checking.training import (
    KERAS,
    VALIDATION_ROWS,
    as_the_student_prepares,
    complete_history,
    expect_classes,
    expect_own_history,
    expect_trained_anew,
    live_model,
    measured,
    pictures,
    place_of,
    prepared,
    sample,
)

Array = np.ndarray[Any, Any]
SIZES = [(784, 512), (512, 512), (512, 10)]
MOST_ZEROS = 0.9  # of the weights of a layer
EPOCHS = 5
ACCURACY_LOST = 0.02
EXAMPLES = 100
LEAST_DROPOUT, LEAST_PENALTY = 0.05, 1e-6  # below these nothing is changed but the name
# a part that was trained on has nearly the loss of training digits; an honest one may be easier by a tenth of the gap
OF_THE_GAP, ERRORS = 0.6, 5


def expect_lectures_network(student: Student, name: str, rng: np.random.Generator) -> None:
    """Fail unless a model has the lecture's layers."""
    model = live_model(student, name, rng)
    seen = [layer.weights[0].shape for layer in model.dense if layer.weights]
    message = f"the Dense layers of {name} have weights of the shapes {seen}"
    expect.that(seen == SIZES, message, hint="512, 512 and 10 neurons on 784 inputs.")
    # a training leaves no weight at exactly 0, and a layer that passes its input on has hardly another one
    bare = [number for number, layer in enumerate(model.dense, start=1) if np.mean(layer.weights[0] == 0) > MOST_ZEROS]
    message = f"most weights of Dense layer {' and '.join(map(str, bare))} of {name} are 0: it was not trained"
    expect.that(not bare, message, hint="Keras draws the first weights at random, and training changes them all.")


# --- network


@check(cell="network", points=1, title="model has layers of 512, 512 and 10 neurons")
def test_layers(student: Student, rng: np.random.Generator) -> None:
    expect_lectures_network(student, "model", rng)


@check(cell="network", points=1, title="ReLU in the hidden layers, softmax at the end, minimised by Adam")
def test_functions(student: Student, rng: np.random.Generator) -> None:
    model = live_model(student, "model", rng)
    activations = [layer.activation for layer in model.layers if layer.activation not in ("", "linear")]
    # with from_logits the loss computes the softmax
    activations += ["softmax"] * (model.from_logits and "softmax" not in activations)
    activations = [
        {"ReLU": "relu", "Softmax": "softmax"}.get(layer.kind, "")
        for layer in model.layers
        if layer.kind in ("ReLU", "Softmax")
    ] + activations
    message = f"the activations of model are {activations}"
    expect.that(
        sorted(activations) == ["relu", "relu", "softmax"], message, hint='activation="relu", twice, and "softmax".'
    )
    expect.that(model.optimizer == "Adam", f"the optimizer is {model.optimizer}", hint='model.compile("adam", ...)')


@check(cell="network", points=1, title="model has learned: about 0.95 of new digits are right")
def test_learned(student: Student, rng: np.random.Generator) -> None:
    expect_accuracy(student, rng, "learned_accuracy")


@check(cell="network", points=1, title="model is good: about 0.97 of new digits are right")
def test_good(student: Student, rng: np.random.Generator) -> None:
    expect_accuracy(student, rng, "good_accuracy")


@check(cell="network", points=1, title="model reaches the lecture's 0.98, allowing for chance")
def test_lecture(student: Student, rng: np.random.Generator) -> None:
    expect_accuracy(student, rng, "lecture_accuracy")


def expect_accuracy(student: Student, rng: np.random.Generator, threshold: str) -> None:
    """Fail unless the accuracy on withheld digits reaches a threshold."""
    result = measured(student, "model", student.dataset("mnist"), rng)
    seen = f"{result.withheld_accuracy:.3f} of the new digits are classified correctly"
    expect.that(
        result.withheld_accuracy >= student.threshold(threshold),
        seen,
        hint="Does the loss fall? Is it trained long enough? Does the rate fall towards the end?",
    )


@check(cell="network", points=0.5, title="history belongs to model, over at least 5 epochs with validation")
def test_history(student: Student, rng: np.random.Generator) -> None:
    history = complete_history(student, "history")
    expect.that(history.epochs >= EPOCHS, f"history has {history.epochs} epochs", hint="epochs=8")
    expect_own_history(student, rng, "model", history)


@check(cell="network", points=0.5, title="neither the validation nor the test digits were trained on")
def test_unseen(student: Student, rng: np.random.Generator) -> None:
    dataset = student.dataset("mnist")
    result = measured(student, "model", dataset, rng)
    count = student.at_most(len(dataset["x_withheld"]))
    new = as_the_student_prepares(student, dataset, dataset["x_withheld"][:count], KERAS)
    of_new = losses(student, rng, new, dataset["y_withheld"][:count])
    chosen = rng.permutation(len(dataset["x_test"]))[: student.at_most(len(dataset["x_test"]))]
    test = as_the_student_prepares(student, dataset, dataset["x_test"][chosen], KERAS)
    parts = {
        "validation": sample(student, "val", student.at_most(VALIDATION_ROWS), rng),
        "test": (test, dataset["y_test"][chosen]),
    }
    for name, (x, y) in parts.items():
        expect.that(len(y) > 0, f"there are no {name} digits")
        of_part = losses(student, rng, x, y)
        ahead = float(of_new.mean() - of_part.mean())
        error = float(of_new.std()) * float(np.sqrt(1 / len(of_new) + 1 / len(of_part)))
        message = (
            f"the loss of model is {of_part.mean():.3f} on the {name} digits, {result.seen_loss:.3f} on training "
            f"digits and {result.withheld_loss:.3f} on new ones"
        )
        hint = f"It was trained on the {name} digits, too: fit(x_train, y_train, validation_data=(x_val, y_val))."
        expect.that(ahead <= max(OF_THE_GAP * result.gap, ERRORS * error), message, hint=hint)


def losses(student: Student, rng: np.random.Generator, x: Array, y: Array) -> Array:
    """Return the negative log probability of the label, for each row."""
    out = live_model(student, "model", rng).log_probabilities(x)
    labels = y.ravel().astype(int)
    expect_classes(labels, out, "model")
    return np.asarray(-out[np.arange(len(labels)), labels])


# --- weights


def votes(student: Student, rng: np.random.Generator) -> Array:
    """Return the weights of the last layer as pictures, shape (10, 16, 32)."""
    expect_lectures_network(student, "model", rng)
    return np.asarray(live_model(student, "model", rng).dense[-1].weights[0].T.reshape(10, 16, 32))


@check(cell="weights", points=2, title="output_weights holds the 512 weights of each digit")
def test_output_weights(student: Student, rng: np.random.Generator) -> None:
    right = votes(student, rng)
    seen = student.get("output_weights")
    mistakes: dict[str, object] = {
        "rows and columns were not exchanged before the reshape": right.reshape(10, 512).T.reshape(10, 16, 32),
    }
    hint = "One column of W for each digit: transpose, then reshape."
    expect.values(seen, right, "output_weights", atol=1e-5, hint=hint, mistakes=mistakes)


@check(cell="weights", points=1, title="the figure shows ten pictures of weights")
def test_weights_figure(student: Student, rng: np.random.Generator) -> None:
    right = votes(student, rng)
    shown = [image for _, image in student.figure(images=10).pictures()]
    expect.that(len(shown) == 10, f"the figure has {len(shown)} pictures", hint="One for each digit.")
    fields = [view.reshape(16, 32) for image in shown for view in image.views() if view.size == 512]
    missing = [digit for digit in range(10) if not any(np.allclose(one, right[digit], atol=1e-5) for one in fields)]
    message = f"the weights of {len(missing)} digit(s) are not among the pictures"
    expect.that(not missing, message, hint="ax.imshow(output_weights[k])")


# --- examples


@check(cell="examples", points=1.5, title="predicted holds what model sees in the first 100 test digits")
def test_predicted(student: Student, rng: np.random.Generator) -> None:
    out = live_model(student, "model", rng).outputs(prepared(student.dataset("mnist")["x_test"][:EXAMPLES]))
    seen = expect.array(student.get("predicted"), "predicted")
    expect.shape(seen, (EXAMPLES,), "predicted", hint="One digit for each of 100 images: argmax.")
    different = int((seen != out.argmax(axis=1)).sum())
    expect.that(
        different <= 1,
        f"{different} of 100 are not what model sees",
        hint="model(x_test[:100]), argmax along the last axis.",
    )


@check(cell="examples", points=1.5, title="the figure shows ten test digits, with the true and the predicted digit")
def test_examples(student: Student, rng: np.random.Generator) -> None:
    shown = student.figure(images=10).pictures()
    expect.that(len(shown) >= 10, f"the figure has {len(shown)} pictures", hint="At least ten.")
    table = pictures(student.dataset("mnist")).test
    positions = [place_of(image, table) for _, image in shown]
    expect.that(all(positions), "not every picture is one of the test digits", hint="test_images[i]")
    message = "not every picture has two digits beside it, the true and the predicted one"
    digits = [sum(letter.isdigit() for letter in axes.title + axes.xlabel + axes.ylabel) for axes, _ in shown]
    expect.that(all(count >= 2 for count in digits), message, hint='ax.set_title(f"{truth} as {seen}")')
    right = [
        str(place[1]) in axes.title + axes.xlabel + axes.ylabel
        for (axes, _), place in zip(shown, positions, strict=True)
        if place
    ]
    expect.that(all(right), f"the true digit is missing beside {right.count(False)} picture(s)", hint="test_labels[i]")
    chosen = [place[0] for place in positions if place]
    out = live_model(student, "model", rng).outputs(prepared(student.dataset("mnist")["x_test"][chosen]))
    seen = [
        str(digit) in axes.title + axes.xlabel + axes.ylabel
        for (axes, _), digit in zip(shown, out.argmax(axis=1).tolist(), strict=True)
    ]
    message = f"the predicted digit is missing beside {seen.count(False)} picture(s)"
    expect.that(seen.count(False) <= 1, message, hint="predicted[i]")


# --- regular


@check(cell="regular", points=2, title="model_regular is the same network with dropout and L2, trained as before")
def test_regular_layers(student: Student, rng: np.random.Generator) -> None:
    expect_lectures_network(student, "model_regular", rng)
    model = live_model(student, "model_regular", rng)
    layers = model.layers
    expect.that(any("Dropout" in layer.kind for layer in layers), "model_regular has no dropout", hint=DROPOUT)
    expect.that(model.active, "the dropout of model_regular does nothing in training", hint="Without training=False.")
    bare = [number for number in (1, 2) if not dropped_behind(layers, number)]
    message = f"there is no dropout of {LEAST_DROPOUT} or more behind hidden layer {' and '.join(map(str, bare))}"
    expect.that(not bare, message, hint=DROPOUT)
    hidden = [layer for layer in layers if layer.kind == "Dense"][:2]
    strengths = [layer.strength for layer in hidden]
    expect.that(any(strengths), "no hidden layer of model_regular has a penalty", hint="kernel_regularizer=...")
    seen = " and ".join(expect.number(strength) for strength in strengths)
    message = f"the penalties of the two hidden layers are {seen} for a weight of 1; at least {LEAST_PENALTY:g} counts"
    expect.that(min(strengths) >= LEAST_PENALTY, message, hint="tf.keras.regularizers.L2(1e-5), on both.")
    expect_trained_anew(student, rng, "model_regular", "model")
    before, own = complete_history(student, "history"), complete_history(student, "history_regular", ("history",))
    message = f"model_regular was trained for {own.epochs} epochs, and model for {before.epochs}"
    expect.that(own.epochs >= 0.8 * before.epochs, message, hint="Train it as before: fewer epochs close a gap, too.")


DROPOUT = "layers.Dropout(0.3) behind each of the two hidden layers."


def dropped_behind(layers: Sequence[Layer], number: int) -> bool:
    """Return whether dropout that can be felt stands behind a hidden layer, before the next Dense layer.

    A class of its own lists its layers as they were defined and not as they follow each other: dropout that stands
    behind all Dense layers there, or twice before them, is taken to be at the right places.
    """
    behind = [
        sum(other.kind == "Dense" for other in layers[:at])
        for at, layer in enumerate(layers)
        if "Dropout" in layer.kind and dose(layer) >= LEAST_DROPOUT
    ]
    return number in behind or set(behind) == {len(SIZES)} or (len(behind) > 1 and set(behind) == {0})


def dose(layer: Layer) -> float:
    """Return the rate of a layer; 0 where it has none."""
    rate = layer.config.get("rate")
    return float(rate) if isinstance(rate, int | float) else 0.0


@check(cell="regular", points=1, title="the gap between new and training digits is smaller than before")
def test_gap(student: Student, rng: np.random.Generator) -> None:
    before, after = both(student, rng)
    message = f"the gap in the loss was {before.gap:.3f} and is {after.gap:.3f}"
    expect.that(after.gap < before.gap, message, hint="A larger dose.")


@check(cell="regular", points=1, title="the accuracy on new digits is at most 0.02 lower")
def test_kept(student: Student, rng: np.random.Generator) -> None:
    before, after = both(student, rng)
    least = max(before.withheld_accuracy, student.threshold("learned_accuracy")) - ACCURACY_LOST
    message = f"the accuracy on new digits was {before.withheld_accuracy:.3f} and is {after.withheld_accuracy:.3f}"
    expect.that(after.withheld_accuracy >= least, message, hint="A smaller dose, or more epochs.")


def both(student: Student, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return the measurements of both models."""
    dataset = student.dataset("mnist")
    return measured(student, "model", dataset, rng), measured(student, "model_regular", dataset, rng)
