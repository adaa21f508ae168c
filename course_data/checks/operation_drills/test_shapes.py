"""Operation drills, parts 1 to 3: products, reductions, broadcasting. 9.5 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Student, Tensor, check, expect

Array = np.ndarray[Any, Any]
EXACT = 0.0
FLOAT32 = 1e-5  # sums of a few dozen numbers of order 1, in 32 bits
POSITION = 1e-4  # a place of up to 8 pixels: the ratio of two sums in 32 bits


def numbers(rng: np.random.Generator, *shape: int) -> Array:
    """Return normally distributed numbers of type float32."""
    return rng.normal(size=shape).astype(np.float32)


# --- products


@check(cell="products", points=0.5, title="elementwise multiplies element by element")
def test_elementwise(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 4), (3, 5), (1, 6)):
        a, b = numbers(rng, *shape), numbers(rng, *shape)
        mistakes = {"this is the product of matrices": a @ b} if shape == (4, 4) else {}
        seen = student.call("elementwise", Tensor(a), Tensor(b))
        expect.values(
            seen,
            a * b,
            "elementwise(a, b)",
            atol=FLOAT32,
            hint="Each element of a times the one of b.",
            mistakes=mistakes,
        )


@check(cell="products", points=0.5, title="matrix_product sums over the middle axis")
def test_matrix_product(student: Student, rng: np.random.Generator) -> None:
    for left, right in (((4, 4), (4, 4)), ((2, 5), (5, 3)), ((1, 6), (6, 1))):
        a, b = numbers(rng, *left), numbers(rng, *right)
        mistakes = (
            {"this is the product element by element": a * b, "a and b are exchanged": b @ a} if left == right else {}
        )
        seen = student.call("matrix_product", Tensor(a), Tensor(b))
        expect.values(
            seen, a @ b, "matrix_product(a, b)", atol=FLOAT32, hint="@ or tf.matmul, a before b.", mistakes=mistakes
        )


@check(cell="products", points=2, title="masked_scores masks the images, then multiplies by the weights")
def test_masked_scores(student: Student, rng: np.random.Generator) -> None:
    for count, height, width, classes in ((5, 3, 4, 2), (4, 4, 4, 3), (1, 2, 6, 5)):
        images, weights = numbers(rng, count, height, width), numbers(rng, height * width, classes)
        mask = rng.permutation(np.arange(height * width) % 3 > 0).reshape(height, width).astype(np.float32)
        rows = (images * mask).reshape(count, -1)
        others = {
            "the mask has no effect": images.reshape(count, -1) @ weights,
            "the pixels that are not masked are missing": (images * (1 - mask)).reshape(count, -1) @ weights,
            "the images are flattened column by column": (images * mask).transpose(0, 2, 1).reshape(count, -1)
            @ weights,
        }
        if height == width:
            others["the images are multiplied by the mask as matrices"] = (images @ mask).reshape(count, -1) @ weights
        seen = student.call("masked_scores", Tensor(images), Tensor(mask), Tensor(weights))
        hint = "Mask each image, write it as one row, and multiply the rows by the weights."
        expect.values(seen, rows @ weights, "masked_scores(...)", atol=FLOAT32, hint=hint, mistakes=others)


# --- reduce


@check(cell="reduce", points=0.5, title="total sums all elements of any tensor")
def test_total(student: Student, rng: np.random.Generator) -> None:
    for shape in ((), (7,), (3, 4), (2, 3, 4), (0, 3)):
        t = numbers(rng, *shape)
        hint = "Without an axis a reduction removes all of them. The sum of nothing is 0."
        expect.values(student.call("total", Tensor(t)), t.sum(), f"total of shape {shape}", atol=FLOAT32, hint=hint)


@check(cell="reduce", points=0.5, title="row_sums gives one number per row")
def test_row_sums(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3), (3, 1)):
        m = numbers(rng, *shape)
        others = {
            "these are the sums of the columns": m.sum(0),
            "an axis of length 1 is left over": m.sum(1, keepdims=True),
        }
        seen = student.call("row_sums", Tensor(m))
        hint = "Which axis disappears? The one that runs along a row is axis 1."
        expect.values(seen, m.sum(1), "row_sums(m)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="reduce", points=0.5, title="column_max gives the largest value of each column")
def test_column_max(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3), (3, 1)):
        m = numbers(rng, *shape) - 10  # all negative: a zero is no maximum
        others = {
            "these are the largest values of the rows": m.max(1),
            "these are positions, not values": m.argmax(0),
            "these are the smallest values": m.min(0),
        }
        seen = student.call("column_max", Tensor(m))
        hint = "The axis that runs down a column is axis 0."
        expect.values(seen, m.max(0), "column_max(m)", atol=EXACT, hint=hint, mistakes=others)


@check(cell="reduce", points=2.5, title="centre finds the centre of charge of each image")
def test_centre(student: Student, rng: np.random.Generator) -> None:
    for count, height, width in ((5, 4, 7), (6, 5, 5), (1, 3, 8)):
        images = (rng.exponential(size=(count, height, width)) ** 3 + 0.01).astype(np.float32)
        charge, row, column = images.sum((1, 2)), np.arange(height), np.arange(width)
        wanted = np.stack([images.sum(2) @ row / charge, images.sum(1) @ column / charge], axis=1)
        peaks = images.reshape(count, -1).argmax(1)
        others = {
            "row and column are exchanged": wanted[:, ::-1],
            "this counts from 1": wanted + 1,
            "this is divided by the number of pixels, not by the charge": wanted * charge[:, None] / (height * width),
            "this is not divided by the charge": wanted * charge[:, None],
            "these are the pixels with the largest charge": np.stack([peaks // width, peaks % width], axis=1),
        }
        seen = student.call("centre", Tensor(images))
        hint = "Each row number counts with the charge of its row; divide by the whole charge of the same image."
        expect.values(seen, wanted, "centre(images)", atol=POSITION, hint=hint, mistakes=others)


# --- broadcast


@check(cell="broadcast", points=1, title="subtract_pedestal takes each sensor's offset off every event")
def test_pedestal(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in ((5, 3), (4, 4), (1, 6)):
        raw, pedestal = numbers(rng, events, sensors), numbers(rng, sensors)
        others = (
            {"the offsets were taken off the events, not the sensors": raw - pedestal[:, None]}
            if events == sensors
            else {}
        )
        seen = student.call("subtract_pedestal", Tensor(raw), Tensor(pedestal))
        hint = "(events, sensors) minus (sensors,): read from the right, they fit."
        expect.values(
            seen, raw - pedestal, "subtract_pedestal(raw, pedestal)", atol=FLOAT32, hint=hint, mistakes=others
        )


@check(cell="broadcast", points=1.5, title="spot multiplies every element of u with every one of v")
def test_spot(student: Student, rng: np.random.Generator) -> None:
    for n, m in ((4, 3), (5, 5), (1, 3)):
        u, v = numbers(rng, n), numbers(rng, m)
        others = {"this is the product element by element": u * v} if n == m else {}
        if n > 1:
            others["rows and columns are exchanged"] = np.outer(v, u)
        seen = student.call("spot", Tensor(u), Tensor(v))
        hint = "(n, 1) times (m,) is (n, m)."
        expect.values(seen, np.outer(u, v), "spot(u, v)", atol=FLOAT32, hint=hint, mistakes=others)
