"""Whatever a student's process answers is a value of a plain type or a failed check; the next check goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import wire
from autograder.checking import expect
from autograder.checking.student import Student, some_rows
from autograder.errors import BadReply, CheckFailed, StudentFault
from autograder.records import CellRun, CellStatus
from tests.conftest import FakeKernel


def student(kernel: FakeKernel, run: CellRun | None = None) -> Student:
    return Student(kernel.ask, run or CellRun(CellStatus.OK), lambda name: pytest.fail(f"{name} was asked for"))


def frame(text: bytes, *arrays: bytes) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in [text, *arrays])


LIES = {
    "an object equal to everything": FakeKernel(wire.Opaque("AlwaysEqual")),
    "a header that promises a terabyte": FakeKernel(
        frame(
            b'{"$dict":[["value",{"$array":0}]]}',
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (137438953472,), }"
            + b" " * 50
            + b"\n",
        ),
        raw=True,
    ),
    "JSON nested 100,000 deep": FakeKernel(frame(b"[" * 100_000 + b"]" * 100_000), raw=True),
    "a gigabyte of output": FakeKernel(bytes(2**30), raw=True),
    "nothing": FakeKernel(b"", raw=True),
    "an object array": FakeKernel(
        frame(
            b'{"$dict":[["value",{"$array":0}]]}',
            b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(128) + bytes(8),
        ),
        raw=True,
    ),
    "another form": FakeKernel(wire.encode({"verdict": "passed", "points": 100}), raw=True),
    "an error without text": FakeKernel(wire.encode({"error": 5}), raw=True),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_kernel_fails_the_check_and_the_session_goes_on(lie: str) -> None:
    with pytest.raises(StudentFault):
        expect.close(expect.array(student(LIES[lie]).call("f", 1)), np.asarray(1.0), 1e-6)
    honest = FakeKernel({"result": np.float64(2.0), "type": "t"})
    assert student(honest).call("f", 1) == 2.0


def test_subclasses_arrive_as_what_they_hold() -> None:
    class Sneaky(np.ndarray):
        def __eq__(self, other: object) -> bool:  # type: ignore[override]
            return True

        __hash__ = None  # type: ignore[assignment]

    value = student(FakeKernel(np.zeros(3).view(Sneaky))).get("x")
    assert type(value) is np.ndarray and value.tolist() == [0, 0, 0]


def test_a_call_sends_inputs_and_returns_the_result() -> None:
    kernel = FakeKernel({"result": [1, 2], "type": "t"})
    assert student(kernel).call("f", np.arange(3), scale=2) == [1, 2]
    sent = kernel.questions[0]
    assert sent["ask"] == "call" and sent["name"] == "f" and sent["kwargs"] == {"scale": 2}


def test_inputs_are_read_back_under_names_that_differ_from_call_to_call() -> None:
    left = np.ones(2)
    answers = [{"result": None, "type": "t"}, left, {"result": None, "type": "t"}, left]
    asked: list[dict[str, Any]] = []

    def ask(question: bytes) -> bytes:
        asked.append(wire.decode(question))
        return wire.encode({"value": answers[len(asked) - 1]})

    one = student(FakeKernel(None))
    one._ask = ask
    for _ in range(2):
        result, inputs = one.call_and_inputs("f", np.zeros(2))
        assert result is None and inputs[0].tolist() == [1, 1]
    names = [question["bound"] for question in asked if question["ask"] == "call"]
    assert names == [[question["name"]] for question in asked if question["ask"] == "take"] and names[0] != names[1]


def test_a_missing_name_says_why_it_may_be_missing() -> None:
    gone = FakeKernel(wire.Missing("f"))
    with pytest.raises(
        CheckFailed, match=r"there is no function f; your cell stopped with ZeroDivisionError: division by zero"
    ):
        student(gone, CellRun(CellStatus.ERROR, error="ZeroDivisionError: division by zero")).call("f")
    with pytest.raises(CheckFailed, match=r"^there is no variable f$"):
        student(gone).get("f")


def test_an_exception_of_the_students_function_is_told() -> None:
    raised = FakeKernel(wire.encode({"error": "ValueError", "text": "no such axis", "lines": [3]}), raw=True)
    with pytest.raises(CheckFailed, match="f raised ValueError: no such axis"):
        student(raised).call("f")


def test_shapes_are_whole_numbers() -> None:
    assert student(FakeKernel({"type": "ndarray", "shape": [3, 4], "dtype": "float32"})).shape("x") == (3, 4)
    for claim in (None, [1.5], [-1], ["3"], [True]):
        with pytest.raises(CheckFailed, match="x is not an array"):
            student(FakeKernel({"shape": claim})).shape("x")


def test_rows_are_numbers_and_as_many_as_asked_for() -> None:
    assert student(FakeKernel(np.ones((2, 4)))).rows("x", [0, 9]).shape == (2, 4)
    for claim in (np.ones((3, 4)), np.array(["a", "b"]), 5):
        with pytest.raises(CheckFailed):
            student(FakeKernel(claim)).rows("x", [0, 9])


def test_figures_are_read_and_other_forms_refused() -> None:
    axes = {
        "title": "t",
        "xlabel": "",
        "ylabel": "",
        "texts": [],
        "legend": ["a"],
        "lines": [{"label": "a", "points": 3, "y": np.arange(3.0)}],
        "images": [],
        "scatter": [{"label": "b", "points": 2, "y": np.arange(2.0)}],
    }
    seen = CellRun(CellStatus.OK, ({"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"}},))
    assert student(FakeKernel([{"title": "", "axes": [axes]}])).figures() == [], "no picture came with it"
    found = student(FakeKernel([{"title": "", "axes": [axes]}]), seen).figures()
    assert [curve.points for curve in found[0].axes[0].curves()] == [3, 2] and "t" in found[0].axes[0].words()
    for claim in (
        "x",
        [{"axes": []}],
        [{"title": "", "axes": [axes | {"lines": [{"label": "a", "points": 3, "y": [0.0, 1.0]}]}]}],
        [{"title": "", "axes": [axes | {"images": [{"shape": [1], "data": "x", "colors": None}]}]}],
    ):
        with pytest.raises(BadReply):
            student(FakeKernel(claim), seen).figures()


def test_some_rows_always_has_both_ends() -> None:
    rows = some_rows(1000, np.random.default_rng(0))
    assert rows[0] == 0 and rows[-1] == 999 and len(rows) == len(set(rows)) == 202
    assert some_rows(1, np.random.default_rng(0)) == [0] and some_rows(2, np.random.default_rng(0)) == [0, 1]


@pytest.mark.parametrize("sides", [[10**9, 10**9], [1] * 17, [0, 2**62]])
def test_a_shape_that_no_array_has_is_refused_before_anything_is_drawn_in_it(sides: list[int]) -> None:
    with pytest.raises(CheckFailed, match="no array in memory"):
        student(FakeKernel({"shape": sides})).shape("x")


def test_a_single_number_has_no_length() -> None:
    assert student(FakeKernel({"shape": [3, 2]})).length("x") == 3
    with pytest.raises(CheckFailed, match="x is a single number"):
        student(FakeKernel({"shape": []})).length("x")


def test_rows_of_another_size_than_expected_are_refused() -> None:
    rows = student(FakeKernel(np.zeros((2, 4)))).rows("x", [0, 1], (2, 2))
    assert rows.shape == (2, 2, 2)
    with pytest.raises(CheckFailed, match="x has 4 numbers in each row, expected 3"):
        student(FakeKernel(np.zeros((2, 4)))).rows("x", [0, 1], (3,))


def test_some_rows_of_very_many_take_no_memory() -> None:
    rows = some_rows(10**12, np.random.default_rng(0))
    assert len(rows) == 202 and rows[-1] == 10**12 - 1
