"""Checks and graded cells fit together, and each check finds the notebook of its cell."""

from __future__ import annotations

import pytest

from autograder.course.assignment import disagreements, resolve
from autograder.records import Check, Task

F = Task("f", "test_f", 3.0, "F")
ESSAY = Task("essay", "essay", 2.0, "Essay", manual=True)
ONE, TWO = Check("f", "test_one", "one", 1.0), Check("f", "test_two", "two", 2.0)
TWICE = [Task("f", "test_f", 1.0, "F", notebook="part_1"), Task("f", "test_f", 1.0, "F", notebook="part_2")]


@pytest.mark.parametrize(
    ("checks", "problem"),
    [
        ([ONE], "test_f: the cell gives 3 points, its checks 1"),
        ([], "test_f: no hidden check belongs to the cell f"),
        ([ONE, TWO, Check("essay", "test_e", "", 1.0)], "test_e: the cell essay is graded by a person"),
        ([ONE, ONE, ONE], "test_one: two checks have this name"),
        ([ONE, TWO, Check("f", "test_zero", "", 0.0)], "test_zero: a check needs points"),
    ],
)
def test_disagreements_of_checks_and_cells_are_named(checks: list[Check], problem: str) -> None:
    assert problem in disagreements([F, ESSAY], checks)


def test_checks_that_add_up_agree() -> None:
    assert disagreements([F, ESSAY], [ONE, TWO]) == []


def test_a_check_belongs_to_the_notebook_that_has_its_cell() -> None:
    alone = Task("g", "test_g", 1.0, "G", notebook="part_2")
    resolved, problems = resolve(
        [Check("g", "test_g", "", 1.0), Check("f", "test_f", "", 1.0, "part_1")], [*TWICE, alone]
    )
    assert [(check.name, check.notebook) for check in resolved] == [("test_g", "part_2"), ("test_f", "part_1")]
    assert problems == []


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        (Check("h", "test_h", "", 1.0), "test_h: there is no graded cell h"),
        (Check("f", "test_f", "", 1.0), 'the cell f is in 2 notebooks; write @check(notebook="part_1", ...)'),
        (Check("f", "test_f", "", 1.0, "part_9"), "there is no graded cell f in the notebook part_9"),
    ],
)
def test_a_check_without_one_notebook_is_named(check: Check, problem: str) -> None:
    resolved, problems = resolve([check], TWICE)
    assert resolved == [] and problem in problems[0]
