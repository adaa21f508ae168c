"""Points are the sum over passed checks, and nothing else."""

from __future__ import annotations

import pytest

from autograder.errors import GraderError
from autograder.grading.scoring import NOT_ATTEMPTED, disagreements, refused, score
from autograder.records import CellRun, CellStatus, Check, CheckResult, Task

F = Task("f", "test_f", 3.0, "F")
ESSAY = Task("essay", "essay", 2.0, "Essay", manual=True)
ONE, TWO = Check("f", "test_one", "one", 1.0), Check("f", "test_two", "two", 2.0)
RAN = {"f": CellRun(CellStatus.OK)}


def test_passed_checks_add_up() -> None:
    report, essay = score([F, ESSAY], [CheckResult(ONE, True), CheckResult(TWO, False, "no")], RAN, frozenset())
    assert report.earned == 1.0 and report.checks[1].message == "no" and essay.earned is None


def test_an_untouched_cell_is_told_kindly() -> None:
    report, essay = score(
        [F, ESSAY], [CheckResult(ONE, False, "NameError", "hint"), CheckResult(TWO, False)], RAN, frozenset({"f", "essay"})
    )
    assert report.earned == 0 and {each.message for each in report.checks} == {NOT_ATTEMPTED} and essay.earned == 0.0


def test_a_task_without_a_result_is_our_fault() -> None:
    with pytest.raises(GraderError, match="f: no check ran"):
        score([F], [], RAN, frozenset())


def test_a_submission_that_cannot_be_read_gets_every_check_failed_with_the_reason() -> None:
    report, essay = refused([F, ESSAY], [ONE, TWO], "not JSON", "save it again")
    assert report.earned == 0 and [each.message for each in report.checks] == ["not JSON"] * 2 and essay.earned == 0


@pytest.mark.parametrize(
    ("checks", "problem"),
    [
        ([ONE], "test_f: the cell gives 3 points, its checks 1"),
        ([], "test_f: no hidden check belongs to the cell f"),
        ([ONE, TWO, Check("g", "test_g", "", 1.0)], "test_g: there is no graded cell g"),
        ([ONE, TWO, Check("essay", "test_e", "", 1.0)], "test_e: the cell essay is graded by a person"),
        ([ONE, ONE, ONE], "test_one: two checks have this name"),
        ([ONE, TWO, Check("f", "test_zero", "", 0.0)], "test_zero: a check needs points"),
    ],
)
def test_disagreements_of_checks_and_cells_are_named(checks: list[Check], problem: str) -> None:
    assert problem in disagreements([F, ESSAY], checks)


def test_checks_that_add_up_agree() -> None:
    assert disagreements([F, ESSAY], [ONE, TWO]) == []
