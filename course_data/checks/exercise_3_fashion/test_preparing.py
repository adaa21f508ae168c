"""Exercise 3, parts 1 and 2: the data in three parts, and a perceptron for it. 11 points."""

from __future__ import annotations

import numpy as np

from autograder.checking import Student, check, expect
from autograder.checking.models import Model, gives_probabilities
from autograder.checking.training import labels_of, pictures, places, prepared, sample

ROWS = 2000
LOSSES_OF_KERAS = {
    name.lower().replace("_", "")
    for name in (
        *("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy", "categorical_hinge"),
        *("categorical_focal_crossentropy", "sparse_categorical_crossentropy", "cosine_similarity", "ctc", "dice"),
        *("circle", "hinge", "squared_hinge", "huber", "log_cosh", "poisson", "tversky", "kl_divergence", "kld"),
        *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mse", "mae", "mape"),
        *(
            "mean_squared_logarithmic_error",
            "msle",
            "kullback_leibler_divergence",
            "categorical_generalized_cross_entropy",
        ),
    )
}


def images(rng: np.random.Generator) -> np.ndarray:
    """Return random pictures, which no student can know; each has a darkest and a brightest tone of its own."""
    count = int(rng.integers(3, 9))
    dark, bright = rng.integers(10, 60, (count, 1, 1)), rng.integers(120, 240, (count, 1, 1))
    return rng.integers(dark, bright, (count, 28, 28)).astype(np.uint8)


@check(cell="prepare", points=0.5, title="prepare makes a row of 784 numbers of each picture")
def test_prepare_shape(student: Student, rng: np.random.Generator) -> None:
    raw = images(rng)
    seen = expect.array(student.call("prepare", raw), "prepare(images)")
    expect.shape(seen, (len(raw), 784), "prepare(images)", hint="images.reshape(-1, 784)")


@check(cell="prepare", points=1.5, title="prepare puts the values between 0 and 1")
def test_prepare_values(student: Student, rng: np.random.Generator) -> None:
    raw = images(rng)
    right = prepared(raw).astype(np.float64)
    seen = expect.array(student.call("prepare", raw), "prepare(images)").astype(np.float64)
    expect.that(seen.size == right.size, f"prepare(images) has {seen.size} values, expected {right.size}")
    flat = raw.reshape(len(raw), -1).astype(np.float64)
    mistakes = {
        "the values are still 0 to 255": flat,
        "the values were divided twice": right / 255,
        "the values have mean 0 and deviation 1; asked for is 0 to 1": (flat - flat.mean()) / flat.std(),
        "the whole numbers were cut off": np.floor(right),
        "each picture was stretched by its own extremes": stretched(flat),
        "all pictures were stretched by their own extremes": (flat - flat.min()) / np.ptp(flat),
        "it was divided by the brightest tone that there was": flat / flat.max(),
        "black and white are exchanged": 1 - right,
    }
    expect.values(
        seen.reshape(right.shape), right, "prepare(images)", atol=1e-4, hint="Divide by 255.", mistakes=mistakes
    )


def stretched(flat: np.ndarray) -> np.ndarray:
    """Return rows that go from 0 to 1 each."""
    low, high = flat.min(axis=1, keepdims=True), flat.max(axis=1, keepdims=True)
    return np.asarray((flat - low) / (high - low))


@check(cell="prepare", points=1, title="80 % of the training pictures are for training, 20 % for validation")
def test_sizes(student: Student) -> None:
    whole, public = (len(student.dataset("fashion_mnist")[f"x_{part}"]) for part in ("train", "test"))
    for part, wanted in (("train", 0.8 * whole), ("val", 0.2 * whole), ("test", public)):
        rows, labels = student.length(f"x_{part}"), student.length(f"y_{part}")
        expect.that(abs(rows - wanted) <= 1, f"x_{part} has {rows} rows, expected {wanted:.0f}", hint="Cut at 80 %.")
        expect.that(
            rows == labels, f"x_{part} has {rows} rows and y_{part} has {labels}", hint="Cut both at the same place."
        )


@check(cell="prepare", points=1, title="each picture has its own label")
def test_labels(student: Student, rng: np.random.Generator) -> None:
    table = pictures(student.dataset("fashion_mnist"))
    halves = np.repeat(np.array([0, 255], np.uint8), 392).reshape(1, 28, 28)
    largest = float(expect.array(student.call("prepare", halves), "prepare(images)").max(initial=0)) or 1.0
    for part in ("train", "val", "test"):
        x, y = sample(student, part, ROWS, rng)
        top, hint = float(x.max(initial=0)), f"x_{part} is what prepare gives, once."
        fits = 0.1 < top / largest < 10  # what is wrong with prepare itself is told above
        expect.that(fits, f"the largest value in x_{part} is {expect.number(top)}", hint=hint)
        positions = places(x, table.test if part == "test" else table.train)
        right = [place[1] == label for place, label in zip(positions, y.tolist(), strict=True) if place is not None]
        expect.that(
            len(right) > 0.5 * len(y), f"x_{part} does not hold prepared pictures", hint=f"prepare, for {part} as well."
        )
        share = sum(right) / len(right)
        expect.that(share > 0.99, f"only {share:.0%} of the labels in y_{part} are right", hint="One order for both.")


@check(cell="prepare", points=1, title="no picture is in two parts")
def test_parts(student: Student, rng: np.random.Generator) -> None:
    table = pictures(student.dataset("fashion_mnist"))
    train, val, test = (sample(student, part, ROWS, rng)[0] for part in ("train", "val", "test"))
    for name, rows in (("train", train), ("val", val)):
        foreign = sum(place is not None for place in places(rows, table.test))
        expect.that(
            foreign <= 0.02 * len(rows), f"test pictures are in x_{name}", hint="Cut the training pictures alone."
        )
    expect.that(
        sum(place is not None for place in places(test, table.test)) > 0.9 * len(test),
        "x_test does not hold the test pictures",
    )
    # a few rows of disjoint parts may be equal, because some pictures of the dataset occur twice
    one = {place[0] for place in places(train, table.train) if place}
    both = sum(place is not None and place[0] in one for place in places(val, table.train))
    by_chance = len(val) * len(train) / max(student.length("x_train"), 1)
    message = "pictures in x_val are in x_train as well: the validation would not notice overfitting"
    expect.that(both <= max(0.5 * by_chance, 3), message, hint="Cut one order in two.")


# --- build


def built(student: Student, rng: np.random.Generator) -> Model:
    """Return the model that build_model makes."""
    return student.once("built", lambda: student.model("build_model", rng, shape=(784,), make=True))


@check(cell="build", points=1, title="build_model gives a compiled model that takes 784 numbers")
def test_compiled(student: Student, rng: np.random.Generator) -> None:
    model = built(student, rng)
    expect.that(model.compiled, "the model is not compiled", hint='model.compile("adam", ...)')


@check(cell="build", points=2, title="it is a perceptron with a non-linear hidden layer")
def test_perceptron(student: Student, rng: np.random.Generator) -> None:
    expect_perceptron(built(student, rng), "the model of build_model")


def expect_perceptron(model: Model, name: str) -> None:
    """Fail unless a network is a multilayer perceptron.

    It must not look at neighbouring pixels, and needs a hidden layer with a non-linear activation function.
    """
    convolutional = [layer.kind for layer in model.layers if layer.convolutional]
    expect.that(
        not convolutional, f"{name} has the layer {convolutional[:1]}", hint="A perceptron has Dense layers alone."
    )
    expect.that(
        len(model.dense) >= 2, f"{name} has no hidden layer: its layers are {model.kinds()}", hint="Dense(128, ...)"
    )
    nonlinear = [layer.activation not in ("", "linear") for layer in model.dense[:-1]]
    nonlinear += [layer.kind in ("ReLU", "LeakyReLU", "PReLU", "ELU") for layer in model.layers]
    nonlinear += [
        layer.kind == "Activation" and layer.activation not in ("linear", "softmax") for layer in model.layers
    ]
    message = f"no hidden layer of {name} has a non-linear activation function"
    expect.that(any(nonlinear), message, hint='activation="relu": linear layers are together one linear layer.')


@check(cell="build", points=1, title="it has ten outputs")
def test_ten(student: Student, rng: np.random.Generator) -> None:
    outputs = built(student, rng).sample
    expect.that(outputs.shape[1] == 10, f"the model has {outputs.shape[1]} outputs", hint="One for each class.")


@check(cell="build", points=2, title="the loss fits the outputs and the labels")
def test_loss_fits(student: Student, rng: np.random.Generator) -> None:
    model = built(student, rng)
    loss = model.loss.lower().replace("_", "")
    if loss and loss not in LOSSES_OF_KERAS:
        student.flag(f"the loss is a function of the student's own, {model.loss}: does it fit?")
        return
    hint = "sparse_categorical_crossentropy for numbers, categorical_crossentropy for one-hot rows."
    expect.that("categoricalcrossentropy" in loss, f"the loss is {model.loss or 'not set'}", hint=hint)
    count, labels = student.length("y_train"), student.shape("y_train")
    expect.that(count > 0, "y_train is empty")
    one_hot = len(labels) == 2 and labels[1] > 1
    sparse = loss.startswith("sparse")
    kind = "one-hot rows" if one_hot else "numbers"
    expect.that(sparse != one_hot, f"the loss is {model.loss}, and the labels are {kind}", hint=hint)
    values = np.unique(labels_of(student, "y_train", range(min(200, count))))
    expect.that(values.min() >= 0 and values.max() <= 9, f"the labels go from {values.min()} to {values.max()}")
    message = "the outputs are logits, and the loss takes them for probabilities: it will never learn"
    hint = 'activation="softmax" at the output, or from_logits=True in the loss.'
    probabilities = gives_probabilities(model.sample)
    expect.that(probabilities or model.from_logits, message, hint=hint)
    message = "the outputs are probabilities, and the loss is told that they are logits"
    expect.that(not (probabilities and model.from_logits), message, hint="One softmax: in the network, or in the loss.")
