"""Expectations fail with what was seen, in plain words, and keep the expected value for staff."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking import expect
from autograder.errors import CheckFailed
from autograder.wire import Opaque


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "is None"),
        ("abc", "is text"),
        (Opaque("function"), "is a function"),
        (Opaque("Thing"), "an object of type Thing"),
        ([[1], [1, 2]], "different lengths"),
        (np.array(["a"]), "an array of <U1"),
        (True, "a truth value"),
        ({"a": 1}, "a dictionary"),
    ],
    ids=str,
)
def test_what_is_no_array_is_named(value: object, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        expect.array(value, "f(x)")


def test_lists_and_numbers_are_arrays() -> None:
    assert expect.array([[1, 2], [3, 4]]).shape == (2, 2) and expect.array(2.5).shape == ()


def test_close_tells_the_student_the_deviation_and_staff_the_values() -> None:
    with pytest.raises(CheckFailed) as failed:
        expect.close(np.array([1.0, 2.5]), np.array([1.0, 2.0]), 0.1, hint="try again")
    assert failed.value.message == "the values are wrong: off by up to 0.5" and failed.value.hint == "try again"
    assert "expected" in failed.value.detail and "expected" not in failed.value.message


def test_shapes_and_nan_fail_before_values_are_compared() -> None:
    with pytest.raises(CheckFailed, match=r"the shape \(2,\), expected \(3,\)"):
        expect.close(np.zeros(2), np.zeros(3), 1)
    with pytest.raises(CheckFailed, match="NaN or infinity"):
        expect.close(np.array([np.nan]), np.zeros(1), 1)


def test_numbers_are_written_as_people_write_them() -> None:
    assert [expect.number(value) for value in (0, 0.123456, 1234.5, 1e-7, 1e9, float("nan"))] == [
        "0",
        "0.123",
        "1.23e+03",
        "1.00e-07",
        "1.00e+09",
        "nan",
    ]


@pytest.mark.parametrize(("condition", "holds"), [([True, True], True), ([True, False], False), ([], False)])
def test_an_array_is_a_condition_that_holds_where_all_of_it_is_true(condition: list[bool], holds: bool) -> None:
    if holds:
        expect.that(np.array(condition), "message")
        return
    with pytest.raises(expect.CheckFailed, match="message"):
        expect.that(np.array(condition, dtype=bool), "message")
