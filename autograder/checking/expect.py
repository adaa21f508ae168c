"""Expectations with messages for students: what was asked, what was seen, one hint; never the expected value itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

import numpy as np

from autograder.errors import CheckFailed as CheckFailed
from autograder.wire import Opaque, Tensor

Array = np.ndarray[Any, Any]


class Callee(Protocol):
    """Whoever can be asked to call a function and to show its inputs afterwards: a student."""

    def call_and_inputs(self, function: str, *args: object) -> tuple[Any, list[Any]]:
        """Return the result of a call, and its inputs as they are after it."""


def fail(message: str, *, hint: str = "", detail: str = "") -> NoReturn:
    """The check has failed for this reason."""
    raise CheckFailed(message, hint=hint, detail=detail)


def that(condition: object, message: str, *, hint: str = "", detail: str = "") -> None:
    """Fail with the message unless the condition holds."""
    if not condition:
        fail(message, hint=hint, detail=detail)


def array(
    value: object, what: str = "the result", *, hint: str = "", numeric: bool = True, complex_too: bool = False
) -> Array:
    """The value as a NumPy array of real numbers; fails for None, text, functions, ragged lists and objects."""
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
    """Fail unless the array has this shape, with both shapes in the message."""
    that(value.shape == wanted, f"{what} has the shape {value.shape}, expected {wanted}", hint=hint)


def finite(value: Array, what: str = "the result", *, hint: str = "") -> None:
    """Fail when an array holds NaN or infinity."""
    that(np.isfinite(value).all(), f"{what} contains NaN or infinity", hint=hint)


def close(seen: Array, wanted: Array, atol: float, message: str = "the values are wrong", *, hint: str = "") -> None:
    """Fail unless all values agree within `atol`; the student is told the largest deviation, staff both values."""
    shape(seen, wanted.shape)
    finite(seen)
    off = np.abs(seen.astype(np.float64) - wanted)
    if off.size and off.max() > atol:
        at = np.unravel_index(int(off.argmax()), off.shape)
        detail = f"at {tuple(map(int, at))}: {seen[at]!r}, expected {wanted[at]!r}, atol {atol}"
        fail(f"{message}: off by up to {number(float(off.max()))}", hint=hint, detail=detail)


def values(
    value: object,
    wanted: object,
    what: str,
    *,
    atol: float,
    hint: str = "",
    mistakes: Mapping[str, object] | None = None,
) -> Array:
    """Fail unless this is an array of the wanted shape and values within `atol`; returns it.

    `mistakes` are results of frequent errors by what to call them: the first that fits is named, also when its shape differs.
    """
    seen, right = array(value, what, hint=hint), np.asarray(wanted)
    fits = seen.shape == right.shape and bool(np.all(np.abs(seen - right) <= atol))
    for reason, other in (mistakes or {}).items():
        result = np.asarray(other)
        if not fits and seen.shape == result.shape and np.allclose(seen, result, atol=atol, rtol=0):
            fail(f"{what}: {reason}", hint=hint)
    shape(seen, right.shape, what, hint=hint)
    finite(seen, what, hint=hint)
    off = float(np.abs(seen - right).max()) if seen.size else 0.0
    detail = f"{seen.ravel()[:8]!r}, expected {right.ravel()[:8]!r}, atol {atol}"
    that(off <= atol, f"{what} is off by up to {number(off)}", hint=hint, detail=detail)
    return seen


def parts(value: object, count: int, message: str, *, arrays: bool = False) -> list[Any]:
    """The parts of a result that consists of several things; fails unless it is a list or tuple (or an array) of `count`."""
    found = (
        list(value) if isinstance(value, list) or (arrays and isinstance(value, np.ndarray) and value.ndim) else None
    )
    if found is None or len(found) != count:
        fail(message)
    return found


def input_untouched(student: Callee, function: str, values: Array) -> None:
    """Fail when a call changes the array that it is given, or does not do its work at all."""
    result, inputs = student.call_and_inputs(function, values)
    made = array(result, f"{function}(images)")
    that(
        not np.array_equal(made, values),
        f"{function}(images) gives back what it was given",
        hint="Its work has to be done, too.",
    )
    work = made.shape[:1] == values.shape[:1] and np.ptp(made) > 0
    that(
        work, f"{function}(images) gives no result that depends on all images", hint="First the result has to be right."
    )
    after = inputs[0]
    same = isinstance(after, np.ndarray) and after.shape == values.shape and np.array_equal(after, values)
    hint = "Operators like /= or assignments like images[...] = work in place: make a new array."
    that(same, f"after {function}(images), images has changed", hint=hint)


def number(value: float) -> str:
    """Three significant digits, the way a person writes them."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:.3g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"


def kind(value: object) -> str:
    """A value's type in plain words."""
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
