"""Exercise 1, the two functions and the grey images that they make: 9 points.

Each mistake fails only the check that is about it. Where a task builds on an earlier one, a result that follows from
the student's own functions counts as right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Student, check, expect, some_rows

Array = np.ndarray[Any, Any]

WEIGHTS = np.array([0.2989, 0.5870, 0.1140])  # the lecture's formula, exercise 1
FORMULA = "Y = 0.2989 R + 0.5870 G + 0.1140 B"
# on [0, 1]: rounding to 8 bits is off by 0.002, (0.3, 0.59, 0.11) by 0.004, most typos by 0.009 or more
GREY_TOLERANCE = 0.005
ALIKE = 0.5  # correlation with the input: noise of 70 numbers reaches it once in 100,000 times
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


# --- to_gray


@check(cell="to_gray", points=0.5, title="to_gray makes one number per pixel")
def test_one_channel(student: Student, rng: np.random.Generator) -> None:
    n = int(rng.integers(2, 7))
    for dtype in (np.uint8, np.float32):
        gray = expect.array(student.call("to_gray", pixels(rng, n).astype(dtype)), "to_gray(images)").astype(np.float64)
        became = f"{n} images became the shape {gray.shape}"
        three = gray.shape == (n, 32, 32, 3)
        expect.that(
            not three,
            f"{became}: there are still three channels",
            hint="The three weighted channels are to be added up.",
        )
        right = gray.shape in [(n, 32, 32), (n, 32, 32, 1), (n, 1024)]
        expect.that(right, became, hint="One image in gives one image out, 32 by 32.")
        expect.finite(gray, "the grey image")
        expect.that(
            np.ptp(gray) > 0, "all pixels of the grey images are equal", hint="The result depends on the images."
        )


@check(cell="to_gray", points=0.5, title="to_gray leaves its input as it is")
def test_gray_input_untouched(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.uint8, np.float32, np.float64):
        images = pixels(rng, 2).astype(dtype)
        # whole numbers that overflow resemble nothing, which is the matter of another check
        expect.input_untouched(student, "to_gray", images, None if dtype is np.uint8 else images @ WEIGHTS)


@check(cell="to_gray", points=2, title="to_gray weighs red, green and blue as in the formula")
def test_weights(student: Student, rng: np.random.Generator) -> None:
    weights = measured_weights(student)
    seen = ", ".join(f"{weight:.3f}" for weight in weights)
    scaled = np.abs(weights * 255 - WEIGHTS).max() <= GREY_TOLERANCE
    expect.that(
        not scaled,
        "the result lies between 0 and 1",
        hint="to_gray keeps the scale 0 to 255; the division comes in part 4.",
    )
    rgb = pixels(rng, 3).astype(np.float64)
    mixed = flat(student.call("to_gray", rgb), 3)
    off = expect.number(float(np.abs(mixed - rgb @ weights).max()))
    sums_up = np.abs(mixed - rgb @ weights).max() <= 4  # products cut to whole numbers have their own check
    hint = f"{FORMULA}, at each pixel by itself."
    expect.that(
        sums_up, f"this is not a weighted sum of the three colours: off by up to {off} of 255 from one", hint=hint
    )
    for reason, other in OTHER_WEIGHTS.items():
        same = np.abs(weights - other).max() <= GREY_TOLERANCE
        expect.that(
            not same, f"this is {reason}", hint=f"{FORMULA}, and CIFAR-10 stores red first.", detail=f"weights {seen}"
        )
    right = np.abs(weights - WEIGHTS).max() <= GREY_TOLERANCE
    expect.that(right, f"your weights of red, green, blue are {seen}", hint=f"{FORMULA}: compare digit by digit.")


@check(cell="to_gray", points=1, title="to_gray loses nothing to integers")
def test_integers(student: Student, rng: np.random.Generator) -> None:
    weights = measured_weights(student)
    right = np.abs(weights - WEIGHTS).max() <= GREY_TOLERANCE
    for dtype in (np.float32, np.uint8, np.int64):
        rgb = pixels(rng, 3).astype(dtype)
        # a function that is wrong for floats fails another check; here integers must give the same as floats
        wanted = rgb @ WEIGHTS if right else flat(student.call("to_gray", rgb.astype(np.float64)), 3)
        expect.that(
            np.ptp(wanted) > 0, "all pixels of the grey images are equal", hint="The result depends on the images."
        )
        off = float(np.abs(flat(student.call("to_gray", rgb), 3) - wanted).max())
        message = f"with {np.dtype(dtype).name} images pixels are off by up to {expect.number(off)} of 255"
        wraps = off > 64 and dtype is not np.float32
        expect.that(
            not wraps, message, hint="8-bit integers start again at 0 beyond 255: turn them into floats before you add."
        )
        expect.that(
            off <= (LEVELS if right else 4),
            message,
            hint="Are the three products cut or rounded to whole numbers before they are added?",
        )


# --- normalize


@check(cell="normalize", points=2, title="normalize divides by 255")
def test_scale(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.uint8, np.float32):
        # neither 0 nor 255 occurs, and each image has its own range
        values = rng.integers(20, 200, (3, 8, 8)).astype(dtype)
        values[0] //= 2
        of = f"for {np.dtype(dtype).name} images "
        scaled = expect.array(student.call("normalize", values), "normalize(images)")
        expect.that(
            scaled.dtype.kind == "f",
            f"{of}the result is {scaled.dtype}",
            hint="The result has to be floats; // divides to whole numbers.",
        )
        expect.shape(scaled, values.shape, "normalize(images)")
        expect.finite(scaled, "the result")
        expect.that(
            scaled.dtype.itemsize > 2,
            f"{of}the result is {scaled.dtype}",
            hint="Half precision keeps three digits: take float32.",
        )
        judge_scale(scaled.astype(np.float64), values.astype(np.float64), of)


def judge_scale(scaled: Array, exact: Array, of: str) -> None:
    """Fail with the likeliest reason unless `scaled` is `exact` / 255; both have the shape (3, 8, 8)."""
    if np.abs(scaled - exact / 255).max() <= FLOAT32:
        return
    rule = "x' = x / 255"
    ranges = scaled.reshape(3, -1).min(axis=1), scaled.reshape(3, -1).max(axis=1)
    reasons = [
        (np.abs(scaled - exact).max() <= FLOAT32, "the values came back unchanged", rule),
        (
            np.abs(scaled - exact / 255**2).max() <= FLOAT32,
            "the values were divided by 255 twice",
            "Once is enough: is there a division in to_gray or in the cell, too?",
        ),
        (
            np.ptp(ranges[0]) <= FLOAT32 and np.ptp(ranges[1]) <= FLOAT32,
            "each image was stretched by its own range",
            "All images share the same divisor, 255.",
        ),
        (
            np.ptp(ranges[1]) <= FLOAT32,
            "each image was scaled by its own largest value",
            "All images share the same divisor, 255.",
        ),
        (
            abs(scaled.min()) <= FLOAT32 and abs(scaled.max() - 1) <= FLOAT32,
            "the smallest value became 0 and the largest 1",
            "The divisor is always 255, not the range of the images at hand.",
        ),
        (
            abs(scaled.max() - 1) <= FLOAT32,
            "the values were divided by their largest one",
            "The divisor is always 255, also where no pixel is that bright.",
        ),
        (scaled.min() < -FLOAT32, "there are negative values", f"{rule}: no mean is subtracted here."),
    ]
    for applies, reason, hint in reasons:
        expect.that(not applies, of + reason, hint=hint)
    ratios = exact / np.where(scaled == 0, 1, scaled)
    one_divisor = np.ptp(ratios) <= 1e-3 * abs(float(np.median(ratios)))
    seen = (
        f"the divisor is {float(np.median(ratios)):.4g}"
        if one_divisor
        else "the values were not all divided by the same number"
    )
    expect.close(scaled, exact / 255, FLOAT32, of + seen, hint=rule)


@check(cell="normalize", points=0.5, title="normalize accepts any shape")
def test_any_shape(student: Student, rng: np.random.Generator) -> None:
    for shape in ((70,), (3, 50), (2, 32, 32), (2, 8, 8, 3)):
        values = rng.integers(1, 256, shape).astype(np.float64)
        values.flat[0] = 255.0
        scaled = expect.array(student.call("normalize", values), "normalize(images)")
        expect.shape(scaled, shape, f"for an input of the shape {shape}, the result")
        expect.finite(scaled, f"for an input of the shape {shape}, the result")
        expect.that(scaled.max(initial=0) < 200, "large values stay large", hint="x' = x / 255")
        expect.that(
            expect.likeness(scaled, values) > ALIKE, "the result has nothing to do with the input", hint="x' = x / 255"
        )


@check(cell="normalize", points=0.5, title="normalize leaves its input as it is")
def test_normalize_input_untouched(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.float32, np.float64):
        images = rng.integers(1, 255, (2, 32, 32)).astype(dtype)
        expect.input_untouched(student, "normalize", images, images)


# --- convert


@check(cell="convert", points=1, title="gray_train and gray_test hold all images")
def test_all_images(student: Student, rng: np.random.Generator) -> None:
    for name, count in (("gray_train", 50_000), ("gray_test", 10_000)):
        shape = student.shape(name)
        has = f"{name} has the shape {shape}"
        expect.that(
            shape[:1] == (count,),
            f"{has}: {count} images are expected",
            hint="Convert the whole of x_train and x_test.",
        )
        one_number = shape[1:] in [(32, 32), (32, 32, 1), (1024,)]
        expect.that(one_number, has, hint="One number per pixel is left: 32 by 32 for each image.")
        index = some_rows(count, rng)
        rows = student.rows(name, index, (1024,)).astype(np.float64)
        expect.finite(rows, name, hint="Is anything divided by zero?")
        empty = int((np.ptp(rows, axis=1) == 0).sum())
        expect.that(
            empty == 0,
            f"{empty} of {len(rows)} images looked at in {name} are of one tone",
            hint="Is every image converted, from the first to the last?",
        )
        # whatever the weights and the scale are: bright pixels stay brighter than dark ones
        colours = student.dataset("cifar10")["x_train" if name == "gray_train" else "x_test"][index]
        right = (colours @ WEIGHTS).reshape(len(index), 1024)
        alike = [abs(np.corrcoef(row, wanted)[0, 1]) for row, wanted in zip(rows, right, strict=True) if np.ptp(wanted)]
        if (
            np.median(alike) <= 0.5
        ):  # are they at least what the student's own to_gray makes of the student's own images?
            own = student.rows("x_train" if name == "gray_train" else "x_test", index[::16])
            theirs = expect.array(student.call("to_gray", own), "to_gray(images)")
            message = f"what is in {name} does not look like the images of the dataset"
            expect.that(theirs.size == rows[::16].size, message, hint="Apply your functions to x_train and x_test.")
            pairs = zip(rows[::16], theirs.reshape(-1, 1024), strict=True)
            alike = [abs(np.corrcoef(row, other)[0, 1]) for row, other in pairs if np.ptp(other)]
            follow = bool(alike) and float(np.median(alike)) > 0.9
            expect.that(follow, message, hint="Apply your functions to x_train and x_test.")


@check(cell="convert", points=1, title="they are the grey images, from 0 to 1")
def test_values(student: Student, rng: np.random.Generator) -> None:
    for name, colour in (("gray_train", "x_train"), ("gray_test", "x_test")):
        rgb = student.dataset("cifar10")[colour]
        index = some_rows(min(len(rgb), student.length(name)), rng)
        rows = student.rows(name, index).astype(np.float64)
        expect.that(
            rows.size == len(index) * 1024, f"{name} does not hold one number per pixel", hint="See part 3: to_gray."
        )
        rows = rows.reshape(len(index), 32, 32)
        expect.finite(rows, name)
        there = np.ptp(rows, axis=(1, 2)) > 0  # the check above is about images of one tone
        expect.that(
            there.any(), f"every image in {name} is of one tone", hint=f"Apply normalize and to_gray to {colour}."
        )
        rows, colours = rows[there], rgb[index][there]
        if np.abs(rows - colours @ WEIGHTS / 255).max() <= GREY_TOLERANCE:
            continue
        top = float(rows.max())
        if not 2 / 255 < top <= 1.1 or not follows(student, colours[::16], rows[::16]):
            hint = "Normalise after converting: every value lies between 0 and 1."
            expect.that(top <= 1.1, f"{name} reaches up to {expect.number(top)}", hint=hint)
            expect.that(
                top > 2 / 255, f"the largest value in {name} is {expect.number(top)}", hint="Divided by 255 twice?"
            )
            expect.fail(
                f"{name} is not what normalize(to_gray({colour})) gives",
                hint="Apply both functions to all images, in their order.",
            )


# --- shared by the checks above


def pixels(rng: np.random.Generator, n: int) -> Array:
    """Return random colour images, uint8, shape (n, 32, 32, 3).

    Black, white and pure colours are among the pixels.
    """
    images = rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)
    images[:, 0, :5] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]
    return images


def flat(gray: object, n: int) -> Array:
    """Return a grey result as shape (n, 32, 32), float64; fail unless there is one number per pixel."""
    values = expect.array(gray, "to_gray(images)")
    message = f"{n} images became the shape {values.shape}, so the weights cannot be seen"
    expect.that(values.size == n * 1024, message, hint="One number per pixel: add up the three weighted channels.")
    expect.finite(values, "the grey image")
    return values.reshape(n, 32, 32).astype(np.float64)


def measured_weights(student: Student) -> Array:
    """Return the weights of red, green and blue in the student's function, shape (3,).

    They are measured on images with bands of pure red, green and blue, black and white.
    """
    bands = np.zeros((2, 32, 32, 3), dtype=np.float64)
    for channel in range(3):
        bands[:, 10 * channel : 10 * (channel + 1), :, channel] = 255
    bands[:, 31] = 255
    gray = flat(student.call("to_gray", bands), 2)
    weights: Array = np.array([gray[:, 10 * channel : 10 * (channel + 1)].mean() for channel in range(3)]) / 255
    return weights


def follows(student: Student, rgb: Array, rows: Array) -> bool:
    """Return whether grey rows are what the student's own two functions make of these images."""
    own = expect.array(student.call("normalize", student.call("to_gray", rgb)))
    return own.size == rows.size and bool(np.abs(own.reshape(rows.shape) - rows).max() <= GREY_TOLERANCE)
