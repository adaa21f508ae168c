"""Points are the sum over passed checks, and nothing else."""

from __future__ import annotations

import pytest

from autograder.errors import GraderError
from autograder.grading.scoring import refused, score
from autograder.messages import NOT_ATTEMPTED
from autograder.records import CellRun, CellStatus, Check, CheckResult, Task, Unreadable

F = Task("f", "test_f", 3.0, "F")
ESSAY = Task("essay", "essay", 2.0, "Essay", manual=True)
ONE, TWO = Check("f", "test_one", "one", 1.0), Check("f", "test_two", "two", 2.0)
RAN = {"f": CellRun(CellStatus.OK)}


def test_passed_checks_add_up() -> None:
    report, essay = score([F, ESSAY], [CheckResult(ONE, True), CheckResult(TWO, False, "no")], RAN, frozenset())
    assert report.earned == 1.0 and report.checks[1].message == "no" and essay.earned is None


def test_an_untouched_cell_is_told_kindly() -> None:
    report, essay = score(
        [F, ESSAY],
        [CheckResult(ONE, False, "NameError", "hint"), CheckResult(TWO, False)],
        RAN,
        frozenset({"f", "essay"}),
    )
    assert (
        report.earned == 0
        and {(check.message, check.code) for check in report.checks} == {(NOT_ATTEMPTED.text, NOT_ATTEMPTED.code)}
        and essay.earned == 0.0
    )


def test_a_check_that_could_not_judge_leaves_its_task_to_a_person() -> None:
    results = [CheckResult(ONE, False, "no verdict", judged=False), CheckResult(TWO, True)]
    (report,) = score([F], results, RAN, frozenset())
    assert report.earned is None and report.open
    (report,) = score([F], results, RAN, frozenset({"f"}))
    assert report.earned == 2.0 and not report.open, "an answer that was not attempted needs nobody"


def test_a_task_without_a_result_is_our_fault() -> None:
    with pytest.raises(GraderError, match="f: no check ran"):
        score([F], [], RAN, frozenset())


def test_a_submission_that_cannot_be_read_waits_for_a_person_with_the_reason() -> None:
    report, essay = refused([F, ESSAY], [ONE, TWO], Unreadable("not JSON", "save it again"))
    assert report.earned is None and report.open and [check.message for check in report.checks] == ["not JSON"] * 2
    assert essay.earned is None and essay.open
