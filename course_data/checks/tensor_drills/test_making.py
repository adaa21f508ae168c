"""Tensor drills, parts 1 to 5: making tensors, looking at them, taking them apart. 11.5 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Function, Student, Tensor, check, expect

Array = np.ndarray[Any, Any]
RANKS = 5
EXACT = 0.0


def some_shape(rng: np.random.Generator, rank: int) -> tuple[int, ...]:
    """Return a shape of this rank, whose axes have different lengths."""
    return tuple(int(side) for side in rng.permutation(np.arange(2, 7))[:rank])


# --- counting


def count_in(student: Student, shape: tuple[int, ...], dtype: str) -> Any:
    """Return what `counting` gives for a tuple; a plain one would arrive as a list."""
    return student.call("counting", Function(repr(shape)), dtype)


@check(cell="counting", points=1, title="counting fills tensors of rank 0 to 4")
def test_counting_values(student: Student, rng: np.random.Generator) -> None:
    for rank in range(RANKS):
        shape = some_shape(rng, rank)
        wanted = np.arange(int(np.prod(shape))).reshape(shape)
        seen = count_in(student, shape, "float32")
        mistakes = (
            {"this begins with 1": wanted + 1, "this counts along the first axis": wanted.T.reshape(shape)}
            if rank
            else {}
        )
        expect.values(
            seen, wanted, f"counting({shape})", atol=EXACT, hint="0, 1, 2, ... row by row.", mistakes=mistakes
        )


@check(cell="counting", points=1, title="counting has the dtype that is asked for")
def test_counting_types(student: Student, rng: np.random.Generator) -> None:
    shape = some_shape(rng, 2)
    for dtype in ("float32", "int32", "complex64"):
        seen = expect.array(count_in(student, shape, dtype), f"counting({shape}, '{dtype}')", complex_too=True)
        expect.that(
            seen.dtype.name == dtype, f"asked for {dtype}, the type is {seen.dtype.name}", hint="tf.cast(x, dtype)"
        )


@check(cell="counting", points=1, title="counting writes its numbers as text, and keeps the shape")
def test_counting_text(student: Student, rng: np.random.Generator) -> None:
    for rank in (0, 2, 3):  # of rank 3 they are 24 at least: numbers of two digits
        shape = some_shape(rng, rank)
        what = f"counting({shape}, 'string')"
        seen = count_in(student, shape, "string")
        hint = "tf.strings.as_string makes texts of whole numbers."
        seen = np.asarray(seen) if isinstance(seen, str) else expect.array(seen, what, numeric=False, hint=hint)
        expect.that(seen.dtype.kind == "U", f"{what} holds {expect.kind(seen)}, not texts", hint=hint)
        expect.shape(seen, shape, what)
        first = "" if seen.size == 0 else str(seen.ravel()[-1])
        wanted = np.arange(int(np.prod(shape))).astype(str).reshape(shape)
        expect.that(
            np.array_equal(seen, wanted), f"the last text is {first!r}", hint=f"Write 3 as '3', not as '3.0'. {hint}"
        )


# --- describe


@check(cell="describe", points=1, title="describe tells size, shape and rank")
def test_describe_facts(student: Student, rng: np.random.Generator) -> None:
    for rank in range(RANKS):
        shape = some_shape(rng, rank)
        facts = described(student, np.zeros(shape, np.float32))
        size, rank_seen = (whole(facts[k], name) for k, name in ((0, "the size"), (2, "the rank")))
        shape_seen = tuple(int(side) for side in expect.array(facts[1], "the shape").ravel())
        case = f"for the shape {shape}"
        expect.that(shape_seen == shape, f"{case} you give the shape {shape_seen}", hint="tuple(t.shape)")
        hint = "The rank is the number of axes: t.ndim. len(t) is the length of the first one."
        expect.that(rank_seen == rank, f"{case} you give the rank {rank_seen}", hint=hint)
        hint = "The size is the product of all lengths: tf.size(t)."
        expect.that(size == int(np.prod(shape)), f"{case} you give the size {size}", hint=hint)


@check(cell="describe", points=1, title="describe names the dtype")
def test_describe_dtype(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.int32, np.float64, np.complex64, np.bool_):
        name = np.dtype(dtype).name
        facts = described(student, np.zeros(some_shape(rng, 2), dtype))
        seen = str(facts[3]).removeprefix("<dtype: '").removesuffix("'>").removeprefix("tf.")
        expect.that(seen == name, f"a tensor of {name} is described as {seen[:40]!r}", hint="t.dtype.name")


def whole(value: object, what: str) -> int:
    """Return one whole number; fail for anything else."""
    number = expect.array(value, what)
    expect.shape(number, (), what)
    expect.finite(number, what)
    return int(number)


def described(student: Student, values: Array) -> list[Any]:
    """Return the four facts; fail for anything else."""
    facts = student.call("describe", Tensor(values))
    facts = facts.tolist() if isinstance(facts, np.ndarray) else facts
    expect.that(isinstance(facts, list) and len(facts) == 4, "describe gives four facts: size, shape, rank, dtype")
    return list(facts)


# --- convert


@check(cell="convert", points=1, title="to_numpy makes a NumPy array")
def test_to_numpy(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.float32, np.int64):
        values = rng.integers(-9, 9, some_shape(rng, 2)).astype(dtype)
        seen, kind = student.call_and_type("to_numpy", Tensor(values))
        hint = "t.numpy() with the parentheses: without them it is the method itself."
        expect.that(kind == "ndarray", f"to_numpy(t) is of type {kind}", hint=hint)
        expect.values(seen, values, "to_numpy(t)", atol=EXACT, hint="The same values in the same shape.")
        expect.that(
            np.asarray(seen).dtype == dtype, "to_numpy(t) has another type than t", hint="Only the box changes."
        )


@check(cell="convert", points=1, title="to_tensor makes a tensor of float32 of any numbers")
def test_to_tensor(student: Student, rng: np.random.Generator) -> None:
    for dtype in (np.float64, np.int32, np.uint8):
        values = rng.integers(0, 200, some_shape(rng, 2)).astype(dtype)
        seen, kind = student.call_and_type("to_tensor", values)
        expect.that(
            "Tensor" in kind or "Variable" in kind, f"to_tensor(a) is of type {kind}", hint="tf.constant(a, ...)"
        )
        seen = expect.values(seen, values.astype(float), "to_tensor(a)", atol=EXACT)
        hint = "tf.constant(a, dtype=tf.float32), or tf.cast."
        expect.that(seen.dtype == np.float32, f"an array of {np.dtype(dtype).name} became {seen.dtype.name}", hint=hint)


# --- pick


def matrix(rng: np.random.Generator) -> Array:
    """Return a matrix of different numbers, not square, with more than three in each direction."""
    rows, columns = 4 + int(rng.integers(0, 3)), 7 + int(rng.integers(0, 3))
    return rng.permutation(rows * columns).reshape(rows, columns).astype(np.float32)


@check(cell="pick", points=0.5, title="element takes row, then column")
def test_element(student: Student, rng: np.random.Generator) -> None:
    m = matrix(rng)
    for row, column in ((1, 2), (0, 3), (-1, -2)):
        seen = student.call("element", Tensor(m), row, column)
        mistakes = {"row and column are exchanged": m[column, row]}
        expect.values(
            seen, m[row, column], f"element(m, {row}, {column})", atol=EXACT, hint="m[row, column]", mistakes=mistakes
        )


@check(cell="pick", points=0.5, title="last_row takes the last row")
def test_last_row(student: Student, rng: np.random.Generator) -> None:
    for m in (matrix(rng), matrix(rng)[:1]):
        mistakes = {"this is the last column": m[:, -1], "this is the first row": m[0]} if len(m) > 1 else {}
        hint = "m[-1, :] is a row of shape (columns,); m[-1:, :] is a matrix with one row."
        expect.values(
            student.call("last_row", Tensor(m)), m[-1], "last_row(m)", atol=EXACT, hint=hint, mistakes=mistakes
        )


@check(cell="pick", points=0.5, title="skip_first_row leaves out the first row alone")
def test_skip_first_row(student: Student, rng: np.random.Generator) -> None:
    for m in (matrix(rng), matrix(rng)[:1]):
        mistakes = (
            {
                "this leaves out the first column": m[:, 1:],
                "this leaves out the last row": m[:-1],
                "this is the second row": m[1:2][0],
            }
            if len(m) > 1
            else {}
        )
        expect.values(
            student.call("skip_first_row", Tensor(m)),
            m[1:],
            "skip_first_row(m)",
            atol=EXACT,
            hint="1: begins at the second row.",
            mistakes=mistakes,
        )


@check(cell="pick", points=0.5, title="second_column takes the second column")
def test_second_column(student: Student, rng: np.random.Generator) -> None:
    m = matrix(rng)
    mistakes = {
        "this is the second row": m[1],
        "this is the third column": m[:, 2],
        "this is a matrix, not a column": m[:, 1:2],
    }
    seen = student.call("second_column", Tensor(m))
    expect.values(
        seen, m[:, 1], "second_column(m)", atol=EXACT, hint="The first column has the index 0.", mistakes=mistakes
    )


@check(cell="pick", points=0.5, title="every_other takes every other element along both axes")
def test_every_other(student: Student, rng: np.random.Generator) -> None:
    m = matrix(rng)
    mistakes = {
        "only the rows are thinned out": m[::2],
        "only the columns are thinned out": m[:, ::2],
        "this begins with the second element": m[1::2, 1::2],
    }
    seen = student.call("every_other", Tensor(m))
    expect.values(
        seen, m[::2, ::2], "every_other(m)", atol=EXACT, hint="start:stop:step, along each axis.", mistakes=mistakes
    )


# --- reshape


@check(cell="reshape", points=0.5, title="flatten_all puts all elements in one row")
def test_flatten_all(student: Student, rng: np.random.Generator) -> None:
    for rank in range(4):
        t = rng.normal(size=some_shape(rng, rank)).astype(np.float32)
        expect.values(
            student.call("flatten_all", Tensor(t)), t.ravel(), "flatten_all(t)", atol=EXACT, hint="-1 is all there is."
        )


@check(cell="reshape", points=0.5, title="flatten_images keeps the images apart")
def test_flatten_images(student: Student, rng: np.random.Generator) -> None:
    for count in (1, int(rng.integers(2, 6))):
        images = rng.normal(size=(count, 3, 7)).astype(np.float32)
        seen = student.call("flatten_images", Tensor(images))
        mistakes = {
            "all images became one row": images.ravel(),
            "the pixels are in another order": images.transpose(0, 2, 1).reshape(count, -1),
        }
        hint = "The first axis stays, -1 stands for all the others."
        expect.values(
            seen, images.reshape(count, -1), "flatten_images(images)", atol=EXACT, hint=hint, mistakes=mistakes
        )


@check(cell="reshape", points=1, title="swap_axes transposes, it does not reshape")
def test_swap_axes(student: Student, rng: np.random.Generator) -> None:
    for shape in ((2, 5), (4, 4), (1, 3)):
        m = rng.normal(size=shape).astype(np.float32)
        mistakes = (
            {"this is a reshape, which keeps the order of the elements": m.reshape(shape[::-1])}
            if 1 not in shape
            else {}
        )
        hint = "The element in row i and column j goes to row j and column i."
        expect.values(
            student.call("swap_axes", Tensor(m)), m.T, "swap_axes(m)", atol=EXACT, hint=hint, mistakes=mistakes
        )
