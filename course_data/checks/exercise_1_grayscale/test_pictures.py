"""Exercise 1, the loaded data and the figures: 6 points."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.checking import Axes, Image, Student, check, expect, some_rows

Array = np.ndarray[Any, Any]

WEIGHTS = np.array([0.2989, 0.5870, 0.1140])  # the lecture's formula, exercise 1
GREY_TOLERANCE = 0.005  # on [0, 1], as for to_gray
VISIBLE_CONTRAST = 0.1  # of the range from black to white; a photograph has more than half
NAMES = [
    ("airplane", "plane", "aeroplane"),
    ("automobile", "car"),
    ("bird",),
    ("cat",),
    ("deer",),
    ("dog",),
    ("frog",),
    ("horse",),
    ("ship",),
    ("truck",),
]


# --- load


@check(cell="load", points=1, title="the four arrays are CIFAR-10, as loaded")
def test_arrays(student: Student, rng: np.random.Generator) -> None:
    published = student.dataset("cifar10")
    for name in ("x_train", "y_train", "x_test", "y_test"):
        wanted = published[name]
        shape = student.shape(name)
        flat_labels = name.startswith("y") and shape == wanted.shape[:1]
        if not flat_labels and shape != wanted.shape:
            swapped = (len(wanted) == 50_000) != (shape[:1] == (50_000,)) and shape[1:] == wanted.shape[1:]
            hint = (
                "Are the training and the test set mixed up?"
                if swapped
                else "load_data() returns ((x_train, y_train), (x_test, y_test))."
            )
            expect.fail(f"{name} has the shape {shape}, expected {wanted.shape}", hint=hint)
        index = some_rows(len(wanted), rng)
        rows = student.rows(name, index, wanted.shape[1:])
        if not np.array_equal(rows, wanted[index]):
            scaled = name.startswith("x") and rows.max(initial=0) <= 1
            hint = (
                "They lie between 0 and 1 already: leave the scaling to part 4."
                if scaled
                else "Keep the arrays as load_data() returns them, in their order."
            )
            expect.fail(f"{name} does not hold the values of CIFAR-10", hint=hint)


@check(cell="load", points=1, title="class_names lists the ten classes in label order")
def test_class_names(student: Student) -> None:
    names = student.get("class_names")
    names = names.tolist() if isinstance(names, np.ndarray) else names
    expect.that(
        isinstance(names, list) and all(isinstance(name, str) for name in names),
        f"class_names is {expect.kind(names)}, not a list of names",
    )
    expect.that(len(names) == 10, f"class_names has {len(names)} entries, there are ten classes")
    wrong = [k for k in range(10) if names[k].strip().lower() not in NAMES[k]]
    if wrong:
        complete = sorted(name.strip().lower() for name in names) == sorted(variants[0] for variants in NAMES)
        hint = (
            "All names are there, in another order: entry k names the label k."
            if complete
            else "The task lists the names; entry k names the label k."
        )
        expect.fail(f"the entry {wrong[0]} of class_names is {names[wrong[0]]!r}", hint=hint)


# --- show_color, show_gray


@check(cell="show_color", points=1, title="the figure shows the first 25 training images")
def test_first_25_images(student: Student) -> None:
    pictures = student.figure(images=25).pictures()
    wanted = student.dataset("cifar10")["x_train"][:25] / 255
    coloured = all(len(image.shape) == 3 for _, image in pictures)
    expect.that(coloured, "there are images without colour in it", hint="This figure shows x_train, in colour.")
    count_25(pictures)
    missing = [k for k in range(25) if not any(image.shows(wanted[k], GREY_TOLERANCE) for _, image in pictures)]
    if missing:
        hint = "Show x_train[0] to x_train[24], with the values as they are: some functions stretch the contrast."
        expect.fail(f"image number {missing[0]} of the training images is not in it", hint=hint)


@check(cell="show_color", points=1, title="each image carries the name of its class")
def test_names_at_images(student: Student) -> None:
    own = student.get("class_names")
    own = [str(name).strip().lower() for name in own] if isinstance(own, list) and len(own) == 10 else [""] * 10
    dataset = student.dataset("cifar10")
    shown, named = 0, 0
    for axes, image in student.figure(images=25).pictures():
        for k in range(25):
            if image.shows(dataset["x_train"][k] / 255, GREY_TOLERANCE):
                label = int(dataset["y_train"][k, 0])
                shown += 1
                named += is_named(axes, *NAMES[label], own[label]) and names_only_one(axes)
                break
    hint = "Show x_train[0] to x_train[24], with the values as they are."
    expect.that(shown > 0, "none of the first training images is recognised in the figure", hint=hint)
    hint = "The title of image k is class_names[label], with the label y_train[k, 0]."
    expect.that(named == shown, f"{named} of the {shown} images carry the right class name and no other", hint=hint)


@check(cell="show_gray", points=1, title="the figure shows the first 25 grey images")
def test_first_25_grey_images(student: Student) -> None:
    pictures = student.figure(images=25).pictures()
    colours = [
        image for _, image in pictures if len(image.shape) == 3 and image.shape[-1] == 3 and not image.shown_in_grey()
    ]
    hint = "cmap does nothing to an image that has three colours: show gray_train."
    expect.that(not colours, "there are colour images in it", hint=hint)
    count_25(pictures)
    wanted = [student.dataset("cifar10")["x_train"][:25] @ WEIGHTS / 255, *own_images(student)]
    missing = [
        k
        for k in range(25)
        if not any(image.shows(images[k], GREY_TOLERANCE) for _, image in pictures for images in wanted)
    ]
    if missing:
        hint = "Show gray_train[0] to gray_train[24], with the values as they are."
        expect.fail(f"image number {missing[0]} of the grey images is not in it", hint=hint)


@check(cell="show_gray", points=1, title="grey images are shown in grey")
def test_grey_colour_map(student: Student) -> None:
    pictures = student.figure(images=25).pictures()
    coloured = [image for _, image in pictures if not image.shown_in_grey()]
    hint = 'Without cmap="gray" Matplotlib paints one number per pixel from violet to yellow.'
    expect.that(not coloured, f"{len(coloured)} of the {len(pictures)} images are shown in colour", hint=hint)
    flat = [image for _, image in pictures if image.contrast < VISIBLE_CONTRAST]
    hint = "Do vmin and vmax, or the colour map, fit values from 0 to 1?"
    expect.that(not flat, f"{len(flat)} of the {len(pictures)} images are all dark or all of one tone", hint=hint)


# --- shared by the checks above


def count_25(pictures: list[tuple[Axes, Image]]) -> None:
    """Fail unless 25 images are visible."""
    hint = "Five rows of five, each on axes of its own."
    expect.that(len(pictures) == 25, f"the figure has {len(pictures)} images, 25 are asked for", hint=hint)


def is_named(axes: Axes, *names: str) -> bool:
    """Return whether one of these names is written at the axes, as a separate word."""
    return any(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", axes.words()) for name in names)


def names_only_one(axes: Axes) -> bool:
    """Return whether at most one class is named at the axes."""
    return sum(is_named(axes, *variants) for variants in NAMES) <= 1


def own_images(student: Student) -> list[Array]:
    """Return the first 25 of the student's own grey images as a list of one array, or an empty list."""
    try:
        own = student.rows("gray_train", range(25)).astype(np.float64)
    except expect.CheckFailed:
        return []
    usable = own.size == 25 * 32 * 32 and np.ptp(own.reshape(25, -1), axis=1).min() > 0
    return [own.reshape(25, 32, 32)] if usable else []
