"""A release is what nbgrader makes, proven first, and never leaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.recording import gradebook
from autograder.teaching import release
from tests.conftest import EXERCISE


def edit(course: Course, grade_id: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a cell of the scratch course's source notebook."""
    file = course.source / EXERCISE / f"{EXERCISE}.ipynb"
    tree = json.loads(file.read_text())
    change(
        next(
            cell
            for cell in tree["cells"]
            if cell["id"] == grade_id or cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
        )
    )
    file.write_text(json.dumps(tree))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.slow
def test_the_committed_release_is_what_the_source_gives(course: Course, repository: Course) -> None:
    for assignment in repository.assignments():
        release.generate(course, course.assignment(assignment))
        stale = f"release/{assignment} is stale: run `autograder release {assignment}`"
        assert contents(course.release / assignment) == contents(repository.release / assignment), stale


@pytest.mark.kernel
def test_a_release_earns_full_points_and_fills_the_gradebook(course: Course) -> None:
    assignment = course.assignment(EXERCISE)
    released = release.release(course, assignment)
    report = released.report
    assert released.trial.count > 1000 and released.trial.crashes == []
    assert report.earned == report.auto_points == 25 and gradebook.has_assignment(course, assignment)
    assert not list(course.root.glob(".release-*"))


@pytest.mark.kernel
def test_a_reference_that_fails_is_not_released(course: Course) -> None:
    edit(
        course,
        "to_gray",
        lambda cell: cell.update(source=cell["source"].replace("0.2989, 0.5870, 0.1140", "0.1140, 0.5870, 0.2989")),
    )
    with pytest.raises(CourseError, match="does not earn full points:\n  - test_weights: this is blue, green, red"):
        release.release(course, course.assignment(EXERCISE))
    assert not course.release.exists()


@pytest.mark.kernel
def test_an_assignment_with_a_check_that_raises_for_some_reply_is_not_released(course: Course) -> None:
    file = course.checks / EXERCISE / "test_functions.py"
    head = "    weights = measured_weights(student)\n"
    assert head in file.read_text()
    raising = head + '    student.call("to_gray", np.ones((1, 32, 32, 3))).sum()\n'
    file.write_text(file.read_text().replace(head, raising, 1))
    with pytest.raises(
        CourseError, match=r"replies make a check raise an error of its own:\n  - test_weights: .* to call to_gray"
    ):
        release.release(course, course.assignment(EXERCISE))
    assert not course.release.exists()


def append(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda cell: cell.update(source=cell["source"] + text)


@pytest.mark.parametrize(
    ("grade_id", "change", "problem"),
    [
        (
            "test_to_gray",
            lambda cell: cell["metadata"]["nbgrader"].update(points=5),
            "test_to_gray: the cell gives 5 points, its checks 4",
        ),
        (
            "test_to_gray",
            lambda cell: cell["metadata"]["nbgrader"].update(grade_id="test_load"),
            "the grade_id test_load is used 2 times",
        ),
        ("task_to_gray", append("\n\n### END SOLUTION"), "contains the words 'END SOLUTION'"),
        (
            "task_normalize",
            append("\nThe solution: \n    return images / 255.0"),
            "contains the solution 'return images / 255.0'",
        ),
        ("task_reflect", append("\nMark scheme: one point for colour"), "contains the words 'Mark scheme'"),
        (
            "test_to_gray",
            append("\nWEIGHTS = np.array([0.2989, 0.5870, 0.1140])  # the lecture's formula, exercise 1"),
            "contains a line of a hidden check",
        ),
    ],
    ids=["points", "duplicate id", "marker", "solution in the task", "mark scheme", "hidden check"],
)
def test_what_is_wrong_or_would_leak_is_refused_and_named(
    course: Course, grade_id: str, change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    edit(course, grade_id, change)
    with pytest.raises(CourseError) as refused:
        release.release(course, course.assignment(EXERCISE))
    assert problem in str(refused.value)
    assert not course.release.exists()


def test_a_leak_in_another_file_of_the_assignment_is_refused(course: Course) -> None:
    (course.source / EXERCISE / "notes.txt").write_text("for staff: ### BEGIN SOLUTION")
    with pytest.raises(CourseError, match=r"notes\.txt: contains the words 'BEGIN SOLUTION'"):
        release.generate(course, course.assignment(EXERCISE))
    assert not (course.release / EXERCISE).exists()


@pytest.mark.kernel
def test_an_assignment_whose_given_cell_stops_is_not_released(course: Course) -> None:
    edit(course, "setup", lambda cell: cell.update(source=cell["source"] + "\nopen('no_such_file.csv')"))
    (course.source / EXERCISE / "data.csv").write_text("1,2\n")
    with pytest.raises(CourseError, match=r"students are given does not run:\n  - .*setup stopped: FileNotFoundError"):
        release.release(course, course.assignment(EXERCISE))
    edit(course, "setup", lambda cell: cell.update(source=cell["source"].replace("no_such_file", "data")))
    release.release(course, course.assignment(EXERCISE))


def test_mark_schemes_in_answers_that_a_person_grades_are_left_out_however_many_there_are(course: Course) -> None:
    scheme = "\n\n### BEGIN MARK SCHEME\nFull marks for {}\n### END MARK SCHEME\n\nSay why."
    edit(course, "reflect", lambda cell: cell.update(source=cell["source"] + scheme.format("a") + scheme.format("b")))
    release.generate(course, course.assignment(EXERCISE))
    released = json.loads((course.release / EXERCISE / f"{EXERCISE}.ipynb").read_text())
    text = "".join(next(cell["source"] for cell in released["cells"] if cell["id"] == "reflect"))
    assert "Full marks" not in str(released) and text.count("Say why.") == 2
