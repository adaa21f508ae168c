"""Exercise 1, from colour to grey: 15 points by checks.

Each mistake fails the check that is about it and no other: where a task builds on an earlier one, a result that follows
from the student's own functions counts as right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Axes, Image, Student, check, expect, largest_figure, some_rows

Array = np.ndarray[Any, Any]

WEIGHTS = np.array([0.2989, 0.5870, 0.1140])  # the lecture's formula, exercise 1
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
GREY_TOLERANCE = 0.005  # on [0, 1]: rounding to 8 bits is off by 0.002, (0.3, 0.59, 0.11) by 0.004, the smallest typo by 0.009
LEVELS = 255 * GREY_TOLERANCE
FLOAT32 = 1e-6  # on [0, 1]: eight units in the last place
OTHER_WEIGHTS = {
    "blue, green, red: the weights are in the reverse order": [0.1140, 0.5870, 0.2989],
    "the plain mean of the three channels": [1 / 3, 1 / 3, 1 / 3],
    "the weights of another standard (Rec. 709)": [0.2126, 0.7152, 0.0722],
    "only the red channel": [1, 0, 0],
    "only the green channel": [0, 1, 0],
    "only the blue channel": [0, 0, 1],
    "the sum of the three channels": [1, 1, 1],
}


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
        rows = student.rows(name, index).reshape(len(index), *wanted.shape[1:])
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
        known = sorted(name.strip().lower() for name in names) == sorted(each[0] for each in NAMES)
        hint = (
            "All names are there, in another order: entry k names the label k."
            if known
            else "The task lists the names; entry k names the label k."
        )
        expect.fail(f"the entry {wrong[0]} of class_names is {names[wrong[0]]!r}", hint=hint)


# --- show_color, show_gray


@check(cell="show_color", points=1, title="the figure shows the first 25 training images")
def test_first_25_images(student: Student) -> None:
    pictures = largest_figure(student.figures()).pictures()
    wanted = student.dataset("cifar10")["x_train"][:25] / 255
    expect.that(
        all(len(image.shape) == 3 for _, image in pictures),
        "there are images without colour in it",
        hint="This figure shows x_train, in colour.",
    )
    count_25(pictures)
    missing = [k for k in range(25) if not any(image.shows(wanted[k], GREY_TOLERANCE) for _, image in pictures)]
    expect.that(
        not missing,
        f"image number {missing[0] if missing else 0} of the training images is not in it",
        hint="Show x_train[0] to x_train[24], unchanged.",
    )


@check(cell="show_color", points=1, title="each image carries the name of its class")
def test_names_at_images(student: Student) -> None:
    own = student.get("class_names")
    own = [str(name).lower() for name in own] if isinstance(own, list) and len(own) == 10 else None
    dataset = student.dataset("cifar10")
    shown, named = 0, 0
    for axes, image in largest_figure(student.figures()).pictures():
        for k in range(min(25, len(dataset["x_train"]))):
            if image.shows(dataset["x_train"][k] / 255, GREY_TOLERANCE):
                label = int(dataset["y_train"][k, 0])
                shown += 1
                named += any(name in axes.words() for name in (*NAMES[label], *([own[label]] if own else [])))
                break
    expect.that(shown > 0, "none of the first training images is in the figure", hint="Show x_train[0] to x_train[24].")
    expect.that(
        named == shown,
        f"{named} of the {shown} images carry the right class name",
        hint="The title of image k is class_names[label], with the label y_train[k, 0].",
    )


@check(cell="show_gray", points=1, title="the figure shows the first 25 grey images")
def test_first_25_grey_images(student: Student) -> None:
    pictures = largest_figure(student.figures()).pictures()
    colours = [image for _, image in pictures if image.shape[-1] == 3 and len(image.shape) == 3 and not image.shown_in_grey()]
    expect.that(
        not colours,
        "there are colour images in it",
        hint="cmap does nothing to an image that has three colours: show gray_train.",
    )
    count_25(pictures)
    wanted = [student.dataset("cifar10")["x_train"][:25] @ WEIGHTS / 255]
    try:
        own = student.rows("gray_train", range(25)).astype(np.float64)
        wanted.append(own.reshape(25, 32, 32) if own.size == 25 * 32 * 32 else wanted[0])
    except Exception as error:  # their own array is welcome, not needed
        if not hasattr(error, "message"):
            raise
    missing = [k for k in range(25) if not any(image.shows(each[k], GREY_TOLERANCE) for _, image in pictures for each in wanted)]
    expect.that(
        not missing,
        f"image number {missing[0] if missing else 0} of the grey images is not in it",
        hint="Show gray_train[0] to gray_train[24].",
    )


@check(cell="show_gray", points=1, title="grey images are shown in grey")
def test_grey_colour_map(student: Student) -> None:
    pictures = largest_figure(student.figures()).pictures()
    coloured = [image for _, image in pictures if not image.shown_in_grey()]
    expect.that(
        not coloured,
        f"{len(coloured)} of the {len(pictures)} images are shown in colour",
        hint='Without cmap="gray" Matplotlib paints one number per pixel from violet to yellow.',
    )


# --- to_gray


@check(cell="to_gray", points=0.5, title="to_gray makes one number per pixel")
def test_one_channel(student: Student, rng: np.random.Generator) -> None:
    n = int(rng.integers(2, 7))
    for dtype in (np.uint8, np.float32):
        gray = expect.array(student.call("to_gray", pixels(rng, n).astype(dtype)), "to_gray(images)")
        if gray.shape == (n, 32, 32, 3):
            expect.fail(
                f"{n} images became the shape {gray.shape}: there are still three channels",
                hint="The three weighted channels are to be added up.",
            )
        expect.that(
            gray.shape in [(n, 32, 32), (n, 32, 32, 1), (n, 1024)],
            f"{n} images became the shape {gray.shape}",
            hint="One image in gives one image out, 32 by 32.",
        )
        expect.finite(gray, "the grey image")
        expect.that(np.ptp(gray) > 0, "all pixels of the grey images are equal", hint="The result depends on the images.")


@check(cell="to_gray", points=0.5, title="to_gray leaves its input as it is")
def test_gray_input_untouched(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.uint8, np.float64):
        expect.input_untouched(student, "to_gray", pixels(rng, 2).astype(dtype))


@check(cell="to_gray", points=2, title="to_gray weighs red, green and blue as in the formula")
def test_weights(student: Student, rng: np.random.Generator) -> None:
    weights = measured_weights(student)
    hint = "Y = 0.2989 R + 0.5870 G + 0.1140 B"
    seen = ", ".join(f"{weight:.3f}" for weight in weights)
    if np.abs(weights * 255 - WEIGHTS).max() <= GREY_TOLERANCE:
        expect.fail("the result lies between 0 and 1", hint="to_gray keeps the scale 0 to 255; the division comes in part 4.")
    for reason, other in OTHER_WEIGHTS.items():
        expect.that(
            np.abs(weights - other).max() > GREY_TOLERANCE,
            f"this is {reason}",
            hint=f"{hint}, and CIFAR-10 stores red first.",
            detail=f"weights {seen}",
        )
    expect.that(
        np.abs(weights - WEIGHTS).max() <= GREY_TOLERANCE,
        f"your weights of red, green, blue are {seen}",
        hint=f"{hint}: compare digit by digit.",
    )
    rgb = pixels(rng, 3).astype(np.float64)
    off = np.abs(flat(student.call("to_gray", rgb), 3) - rgb @ WEIGHTS).max()
    expect.that(
        off <= 4,
        f"on mixed colours the result is off by up to {expect.number(float(off))} of 255",
        hint="It has to be a weighted sum, the same for every pixel.",
    )


@check(cell="to_gray", points=1, title="to_gray loses nothing to integers")
def test_integers(student: Student, rng: np.random.Generator) -> None:
    weights = measured_weights(student)
    right = np.abs(weights - WEIGHTS).max() <= GREY_TOLERANCE
    reference, tolerance = (WEIGHTS, LEVELS) if right else (weights, 4.0)  # wrong weights have a check of their own
    for dtype in (np.uint8, np.int64, np.float32):
        rgb = pixels(rng, 3).astype(dtype)
        wanted = rgb.astype(np.float64) @ reference
        off = np.abs(flat(student.call("to_gray", rgb), 3) - wanted)
        if off.max() > 64:
            expect.fail(
                f"with {np.dtype(dtype).name} images some pixels are off by {expect.number(float(off.max()))} of 255",
                hint="8-bit integers start again at 0 beyond 255: turn them into floats before you add.",
            )
        expect.that(
            off.max() <= tolerance,
            f"with {np.dtype(dtype).name} images pixels are off by up to {expect.number(float(off.max()))} of 255",
            hint="Are the three products cut to whole numbers before they are added?",
        )


# --- normalize


@check(cell="normalize", points=2, title="normalize divides by 255")
def test_scale(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.uint8, np.float32):
        values = rng.integers(20, 200, (3, 8, 8)).astype(dtype)  # neither 0 nor 255 in it, and each image with a range of its own
        values[0] //= 2
        scaled = expect.array(student.call("normalize", values), "normalize(images)")
        expect.that(
            scaled.dtype.kind == "f",
            f"{np.dtype(dtype).name} values became {scaled.dtype}",
            hint="The result has to be floats; // divides to whole numbers.",
        )
        expect.shape(scaled, values.shape, "normalize(images)")
        expect.finite(scaled, "the result")
        exact = values.astype(np.float64)
        if np.abs(scaled - exact / 255).max() <= FLOAT32:
            continue
        hint = "x' = x / 255"
        expect.that(np.abs(scaled - exact).max() > FLOAT32, "the values came back unchanged", hint=hint)
        expect.that(
            np.abs(scaled - exact / 255**2).max() > FLOAT32,
            "the values were divided by 255 twice",
            hint="Once is enough: is there a division in to_gray or in the cell, too?",
        )
        stretched = abs(float(scaled.min())) <= FLOAT32 and abs(float(scaled.max()) - 1) <= FLOAT32
        expect.that(
            not stretched,
            "the smallest value became 0 and the largest 1",
            hint="The divisor is always 255, not the range of the images at hand.",
        )
        per_image = scaled.reshape(3, -1).max(axis=1)
        expect.that(
            np.ptp(per_image) > FLOAT32,
            "each image was scaled by its own largest value",
            hint="All images share the same divisor, 255.",
        )
        expect.that(
            abs(float(scaled.max()) - 1) > FLOAT32,
            "the values were divided by their largest one",
            hint="The divisor is always 255, also where no pixel is that bright.",
        )
        expect.that(scaled.min() >= -FLOAT32, "there are negative values", hint=f"{hint}: no mean is subtracted here.")
        ratio = float(np.median(exact / np.where(scaled == 0, 1, scaled)))
        expect.close(scaled, exact / 255, FLOAT32, f"the divisor seems to be {ratio:.4g}; the values are wrong", hint=hint)


@check(cell="normalize", points=0.5, title="normalize accepts any shape")
def test_any_shape(student: Student, rng: np.random.Generator) -> None:
    for shape in ((7,), (3, 5), (2, 32, 32), (2, 8, 8, 3)):
        values = rng.integers(0, 256, shape).astype(np.float64)
        values.flat[0] = 255.0
        scaled = expect.array(student.call("normalize", values), "normalize(images)")
        expect.shape(scaled, shape, f"for an input of the shape {shape}, the result")
        expect.that(scaled.max(initial=0) < 200, "large values stay large", hint="x' = x / 255")


@check(cell="normalize", points=0.5, title="normalize leaves its input as it is")
def test_normalize_input_untouched(student: Student, rng: np.random.Generator) -> None:
    expect.input_untouched(student, "normalize", rng.integers(1, 255, (2, 6, 6)).astype(np.float64))


# --- convert


@check(cell="convert", points=1, title="gray_train and gray_test hold all images")
def test_all_images(student: Student, rng: np.random.Generator) -> None:
    for name, count in (("gray_train", 50_000), ("gray_test", 10_000)):
        shape = student.shape(name)
        expect.that(
            shape[:1] == (count,),
            f"{name} has the shape {shape}: {count} images are expected",
            hint="Convert the whole of x_train and x_test.",
        )
        expect.that(
            shape[1:] in [(32, 32), (32, 32, 1), (1024,)],
            f"{name} has the shape {shape}",
            hint="One number per pixel is left: 32 by 32 for each image.",
        )
        rows = student.rows(name, some_rows(count, rng)).reshape(-1, 1024)
        empty = int((np.ptp(rows, axis=1) == 0).sum())
        expect.that(
            empty == 0,
            f"about {100 * empty // len(rows)} % of the images in {name} are empty",
            hint="Does your loop reach the last image?",
        )


@check(cell="convert", points=1, title="they are the grey images, from 0 to 1")
def test_values(student: Student, rng: np.random.Generator) -> None:
    for name, colour in (("gray_train", "x_train"), ("gray_test", "x_test")):
        rgb = student.dataset("cifar10")[colour]
        count = min(len(rgb), student.shape(name)[0])
        index = some_rows(count, rng)
        rows = student.rows(name, index).astype(np.float64)
        expect.that(rows.size == len(index) * 1024, f"{name} does not hold one number per pixel", hint="See part 3: to_gray.")
        rows = rows.reshape(len(index), 32, 32)
        expect.finite(rows, name)
        top = float(rows.max(initial=0))
        expect.that(
            top <= 1 + FLOAT32,
            f"{name} reaches up to {expect.number(top)}",
            hint="Normalise after converting: every value lies between 0 and 1.",
        )
        expect.that(top > 2 / 255, f"the largest value in {name} is {expect.number(top)}", hint="Divided by 255 twice?")
        there = np.ptp(rows, axis=(1, 2)) > 0  # empty images are the subject of the check above
        rows, colours = rows[there], rgb[index][there]
        if np.abs(rows - colours @ WEIGHTS / 255).max(initial=0) <= GREY_TOLERANCE or follows(student, colours[::16], rows[::16]):
            continue
        expect.fail(
            f"{name} is not what normalize(to_gray({colour})) gives", hint="Apply both functions to all images, in their order."
        )


# --- shared by the checks above


def pixels(rng: np.random.Generator, n: int) -> Array:
    """Random colour images with black, white and pure colours among the pixels, uint8, shape (n, 32, 32, 3)."""
    images = rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)
    images[:, 0, :5] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]
    return images


def flat(gray: object, n: int) -> Array:
    """A grey result as shape (n, 32, 32), float64; fails when there is not one number per pixel."""
    values = expect.array(gray, "to_gray(images)")
    expect.that(
        values.size == n * 1024,
        f"{n} images became the shape {values.shape}, so the weights cannot be seen",
        hint="One number per pixel: add up the three weighted channels.",
    )
    return values.reshape(n, 32, 32).astype(np.float64)


def measured_weights(student: Student) -> Array:
    """What the student's function makes of pure red, green and blue, as weights."""
    primaries = np.zeros((3, 32, 32, 3), dtype=np.float64)
    for channel in range(3):
        primaries[channel, ..., channel] = 255
    gray = flat(student.call("to_gray", primaries), 3)
    expect.finite(gray, "the grey image")
    weights: Array = gray.mean(axis=(1, 2)) / 255
    return weights


def count_25(pictures: list[tuple[Axes, Image]]) -> None:
    """Fail unless there are 25 images."""
    expect.that(len(pictures) == 25, f"the figure has {len(pictures)} images, 25 are asked for", hint="Five rows of five.")


def follows(student: Student, rgb: Array, rows: Array) -> bool:
    """Whether grey rows are what the student's own two functions make of these images."""
    own = expect.array(student.call("normalize", student.call("to_gray", rgb)))
    return own.size == rows.size and bool(np.abs(own.reshape(rows.shape) - rows).max() <= GREY_TOLERANCE)
