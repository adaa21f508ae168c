"""Expectations of hidden checks: functions that fail a check with a message for the student.

A message says what was asked for and what the student's work gave, with one hint. It never contains the expected
values; those go into `detail`, which only staff see.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

import numpy as np

from autograder.errors import CheckFailed as CheckFailed
from autograder.wire import Opaque, Tensor

Array = np.ndarray[Any, Any]
LEAST_LIKENESS = 0.1  # noise of 2000 numbers reaches 0.02 by chance; one of three colours has 0.17 and more


class Callee(Protocol):
    """An object that can call a student's function and show its inputs afterwards: in practice a `Student`."""

    def call_and_inputs(self, function: str, *args: object) -> tuple[Any, list[Any]]:
        """Return the result of a call, and the inputs as they are after the call."""


def fail(message: str, *, hint: str = "", detail: str = "") -> NoReturn:
    """Fail the check with this message.

    The student reads `message` and `hint`; only staff read `detail`. Raises CheckFailed.
    """
    raise CheckFailed(message, hint=hint, detail=detail)


def that(condition: object, message: str, *, hint: str = "", detail: str = "") -> None:
    """Fail with the message unless the condition holds; an array does if all of it is true and it is not empty."""
    holds = bool(condition.size and condition.all()) if isinstance(condition, np.ndarray) else bool(condition)
    if not holds:
        fail(message, hint=hint, detail=detail)


def array(
    value: object, what: str = "the result", *, hint: str = "", numeric: bool = True, complex_too: bool = False
) -> Array:
    """Return the value as a NumPy array of real numbers.

    Fails for None, text, functions, ragged lists and other objects. `complex_too` allows complex numbers; without
    `numeric` any dtype is allowed.
    """
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, list):
        try:
            value = np.array(value)
        except ValueError:
            fail(f"{what} is a list whose parts have different lengths, not an array", hint=hint)
    if isinstance(value, int | float | complex) and not isinstance(value, bool):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray) or (numeric and value.dtype.kind not in ("biufc" if complex_too else "biuf")):
        fail(
            f"{what} is {kind(value)}, not an array of numbers",
            hint=hint or ("Does the function return something?" if value is None else ""),
        )
    return value


def shape(value: Array, wanted: tuple[int, ...], what: str = "the result", *, hint: str = "") -> None:
    """Fail unless the array has this shape; both shapes are in the message."""
    that(value.shape == wanted, f"{what} has the shape {value.shape}, expected {wanted}", hint=hint)


def finite(value: Array, what: str = "the result", *, hint: str = "") -> None:
    """Fail if an array holds NaN or infinity."""
    that(np.isfinite(value).all(), f"{what} contains NaN or infinity", hint=hint)


def close(seen: Array, wanted: Array, atol: float, message: str = "the values are wrong", *, hint: str = "") -> None:
    """Fail unless all values agree within `atol`.

    The student reads the largest deviation; staff also read both values.
    """
    shape(seen, wanted.shape)
    finite(seen)
    off = distances(seen, wanted)
    if off.size and off.max() > atol:
        at = np.unravel_index(int(off.argmax()), off.shape)
        detail = f"at {tuple(map(int, at))}: {seen[at]!r}, expected {wanted[at]!r}, atol {atol}"
        fail(f"{message}: off by up to {number(float(off.max()))}", hint=hint, detail=detail)


def distances(seen: Array, wanted: Array) -> Array:
    """Return how far the values of two arrays of numbers are apart, as float64; truth values count as 0 and 1."""
    one, other = (array if array.dtype.kind == "c" else array.astype(np.float64) for array in (seen, wanted))
    return np.abs(one - other).astype(np.float64)


def values(
    value: object,
    wanted: object,
    what: str,
    *,
    atol: float,
    hint: str = "",
    mistakes: Mapping[str, object] | None = None,
) -> Array:
    """Return the value as an array; fail unless it has the wanted shape, and the wanted values within `atol`.

    `mistakes` maps the description of a frequent error to the result of that error. The message names the first one
    that fits, even if the shape of that result is not the wanted one.
    """
    seen, right = array(value, what, hint=hint), np.asarray(wanted)
    fits = seen.shape == right.shape and bool(np.all(distances(seen, right) <= atol))
    for reason, other in (mistakes or {}).items():
        result = np.asarray(other)
        if not fits and seen.shape == result.shape and np.allclose(seen, result, atol=atol, rtol=0):
            fail(f"{what}: {reason}", hint=hint)
    shape(seen, right.shape, what, hint=hint)
    finite(seen, what, hint=hint)
    off = float(distances(seen, right).max(initial=0))
    detail = f"{seen.ravel()[:8]!r}, expected {right.ravel()[:8]!r}, atol {atol}"
    that(off <= atol, f"{what} is off by up to {number(off)}", hint=hint, detail=detail)
    return seen


def parts(value: object, count: int, message: str, *, arrays: bool = False) -> list[Any]:
    """Return the parts of a result that consists of several things.

    Fails with `message` unless the result is a list or tuple (with `arrays` also an array) of `count` parts.
    """
    items = (
        list(value) if isinstance(value, list) or (arrays and isinstance(value, np.ndarray) and value.ndim) else None
    )
    if items is None or len(items) != count:
        fail(message)
    return items


def input_untouched(student: Callee, function: str, values: Array, right: Array | None = None) -> None:
    """Fail if a call changes the array that it is given, or does not do its work at all.

    `right`: what the result has to resemble, up to its scale; the work of another check is to compare it.
    """
    result, inputs = student.call_and_inputs(function, values)
    output = array(result, f"{function}(images)")
    that(
        not np.array_equal(output, values),
        f"{function}(images) gives back what it was given",
        hint="Its work has to be done, too.",
    )
    work = output.shape[:1] == values.shape[:1] and output.size and np.ptp(output.astype(np.float64)) > 0
    that(
        work, f"{function}(images) gives no result that depends on all images", hint="First the result has to be right."
    )
    if work and right is not None:
        alike = output.size == right.size and likeness(output, right) > LEAST_LIKENESS
        hint = "First the result has to be right."
        that(alike, f"{function}(images) has nothing to do with the images", hint=hint)
    after = inputs[0]
    same = isinstance(after, np.ndarray) and after.shape == values.shape and np.array_equal(after, values)
    hint = "Operators like /= or assignments like images[...] = work in place: make a new array."
    that(same, f"after {function}(images), images has changed", hint=hint)


def likeness(one: Array, other: Array) -> float:
    """Return the magnitude of the correlation of two arrays of one size; 0 where it is not defined."""
    pair = np.stack([one.ravel().astype(np.float64), other.ravel().astype(np.float64)])
    if not np.isfinite(pair).all() or not np.ptp(pair, axis=1).all():
        return 0.0
    with np.errstate(all="ignore"):
        return float(abs(np.nan_to_num(np.atleast_2d(np.corrcoef(pair))[0, 1])))


def number(value: float) -> str:
    """Return a number with three significant digits, the way a person writes it."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:.3g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"


def kind(value: object) -> str:
    """Return the type of a value in plain words."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return "a function" if value.type_name == "function" else f"an object of type {value.type_name}"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    names = {
        bool: "a truth value",
        int: "a whole number",
        float: "a number",
        complex: "a complex number",
        str: "text",
        list: "a list",
        dict: "a dictionary",
    }
    return names.get(type(value), f"of type {type(value).__name__}")
