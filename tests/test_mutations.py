"""Small wrong changes to the drills' reference solutions lose points; those that do not are listed with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from autograder.course.answers import Answers, hand_in
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import visible
from autograder.records import Submission
from autograder.teaching.mutants import Mutant, mutants
from tests.conftest import ROOT, fix_secret, grade_all, pack, scratch_course

DRILLS = ("tensor_drills", "gradient_drills", "network_drills")
EACH = 64  # of the many mutants of a drill, spread evenly over its text
HARMLESS = Path(__file__).with_name("harmless_mutants.toml")


def chosen(assignment: Assignment) -> list[Mutant]:
    """Some of the mutants of a drill's reference solution."""
    notebook = assignment.only_notebook.notebook
    codes = {task.cell for task in assignment.tasks if not task.manual}
    found = [
        mutant
        for cell in notebook.solutions()
        if cell.grade_id in codes
        for mutant in mutants(cell.grade_id, cell.source)
    ]
    step = max(1.0, len(found) / EACH)
    return [found[int(k * step)] for k in range(min(EACH, len(found)))]


@pytest.mark.kernel
@pytest.mark.parametrize("name", [DRILLS[0], *(pytest.param(name, marks=pytest.mark.matrix) for name in DRILLS[1:])])
def test_mutants_of_the_reference_solution_lose_points(name: str, tmp_path: Path) -> None:
    course = scratch_course(tmp_path / "course", None, name)
    fix_secret(course)  # the same inputs each time, so that the list stays true
    assignment = course.assignment(name)
    notebook = assignment.only_notebook.notebook
    chosen_ones = chosen(assignment)
    assert len(chosen_ones) >= 50 and len({mutant.name for mutant in chosen_ones}) == len(chosen_ones)
    together = {
        str(number): members for number, members in enumerate(pack({mutant: (mutant.cell,) for mutant in chosen_ones}))
    }
    submissions = []
    for student, members in together.items():  # the other answers stay stubs: what is looked at are the mutants alone
        content = hand_in(visible(notebook), Answers({mutant.cell: mutant.source for mutant in members}))
        submissions.append(Submission(student, name, tmp_path, contents={notebook.name: content}))
    survivors = set()
    for result in grade_all(course, submissions):
        assert result.report, result.error
        full = {graded.task.cell for graded in result.report.tasks if graded.earned == graded.task.points}
        survivors |= {mutant.name for mutant in together[result.submission.student] if mutant.cell in full}
    harmless = tomllib.loads(HARMLESS.read_text(encoding="utf-8")).get(name, {})
    behaving = len(chosen_ones) - len(survivors & set(harmless))
    unexplained = sorted(survivors - set(harmless))
    assert len(unexplained) <= 0.05 * behaving, unexplained
    assert unexplained == [], "explain them in harmless_mutants.toml, or make a check that notices them"
    assert all(harmless.values())


def test_there_are_enough_mutants() -> None:
    course = Course.open(ROOT)
    assert sum(len(chosen(course.assignment(name))) for name in DRILLS) >= 150
