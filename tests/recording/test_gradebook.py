"""The gradebook: all or nothing, and what people wrote stays."""

from __future__ import annotations

import sqlite3
from functools import partial

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.recording import gradebook
from autograder.recording.gradebook import GradebookSink
from tests.conftest import EXERCISE, MakeReport

WRONG = {"test_weights": ("the weights are wrong", "look again")}


def book(course: Course) -> Gradebook:
    return Gradebook(course.db_url, course.id)


def test_scores_are_recorded_by_cell(released: Course, make_report: MakeReport, exercise: Assignment) -> None:
    GradebookSink(released).write(make_report("ann", WRONG), exercise)
    grades = gradebook.read(released, released.assignment(EXERCISE), "ann")
    assert grades is not None and grades.score == 23 and grades.points == 30 and grades.needs_manual_grade
    by_cell = {grade.cell: grade for grade in grades.cells}
    assert by_cell["test_to_gray"].score == 2 and by_cell["test_load"].score == 2
    assert by_cell["reflect"].auto_score is None and by_cell["reflect"].needs_manual_grade


def test_recording_twice_changes_nothing(released: Course, make_report: MakeReport, exercise: Assignment) -> None:
    GradebookSink(released).write(make_report("ann", WRONG), exercise)
    once = gradebook.read(released, released.assignment(EXERCISE), "ann")
    GradebookSink(released).write(make_report("ann", WRONG), exercise)
    assert gradebook.read(released, released.assignment(EXERCISE), "ann") == once


def test_a_regrade_leaves_manual_scores_and_comments(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    GradebookSink(released).write(make_report("ann"), exercise)
    with book(released) as opened:
        reflect = opened.find_grade("reflect", EXERCISE, EXERCISE, "ann")
        reflect.manual_score, reflect.needs_manual_grade = 2.5, False
        changed = opened.find_grade("test_to_gray", EXERCISE, EXERCISE, "ann")
        changed.manual_score = 3.0
        opened.find_comment("reflect", EXERCISE, EXERCISE, "ann").manual_comment = "well argued"
        opened.db.commit()
    GradebookSink(released).write(make_report("ann", WRONG), exercise)
    grades = gradebook.read(released, released.assignment(EXERCISE), "ann")
    assert grades is not None
    by_cell = {grade.cell: grade for grade in grades.cells}
    assert (
        by_cell["reflect"].score == 2.5
        and by_cell["reflect"].comment == "well argued"
        and not by_cell["reflect"].needs_manual_grade
    )
    assert by_cell["test_to_gray"].score == 3.0 and by_cell["test_to_gray"].auto_score == 2.0
    assert by_cell["test_to_gray"].needs_manual_grade, "its automatic score changed under the manual one"


def test_an_essay_that_was_not_written_gets_zero_and_needs_no_manual_grading(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    GradebookSink(released).write(make_report("ann", answers={"reflect": "# YOUR ANSWER HERE"}), exercise)
    grades = gradebook.read(released, released.assignment(EXERCISE), "ann")
    assert grades is not None and not grades.needs_manual_grade and grades.score == 25
    with book(released) as opened:
        assert opened.find_comment("reflect", EXERCISE, EXERCISE, "ann").auto_comment == "No response."


def test_a_failure_half_way_leaves_nothing_of_the_submission(
    released: Course, make_report: MakeReport, exercise: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(gradebook, "_late_penalty", fails)
    with pytest.raises(RuntimeError):
        GradebookSink(released).write(make_report("ann"), exercise)
    assert gradebook.read(released, released.assignment(EXERCISE), "ann") is None
    with book(released) as opened:
        assert opened.students == []


def test_an_assignment_that_was_not_released_is_named(
    course: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    with pytest.raises(CourseError, match="run `autograder release exercise_1_grayscale`"):
        GradebookSink(course).write(make_report("ann"), exercise)


def test_the_courses_rule_for_late_submissions_is_applied(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    with book(released) as opened:
        opened.update_or_create_assignment(EXERCISE, duedate="2026-11-20 10:00:00 UTC")
    GradebookSink(released).write(make_report("ann"), exercise)
    grades = gradebook.read(released, released.assignment(EXERCISE), "ann")
    assert grades is not None and grades.late_penalty == 0
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    GradebookSink(Course.open(released.root)).write(make_report("ann"), exercise)
    grades = gradebook.read(released, released.assignment(EXERCISE), "ann")
    assert grades is not None and grades.late_penalty == 25


def test_a_gradebook_of_another_version_is_refused_with_the_way_out(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    with sqlite3.connect(released.root / "gradebook.db") as connection:
        connection.execute("update alembic_version set version_num = '50a4d84c131a'")
    before = (released.root / "gradebook.db").read_bytes()
    with pytest.raises(CourseError, match="another version of nbgrader: copy it, then run `nbgrader db upgrade`"):
        GradebookSink(released).write(make_report("ann"), exercise)
    assert (released.root / "gradebook.db").read_bytes() == before


def test_a_file_that_is_no_gradebook_is_refused(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    (released.root / "gradebook.db").write_bytes(b"not a database, something else entirely" * 100)
    with pytest.raises(CourseError, match="is not a gradebook"):
        GradebookSink(released).write(make_report("ann"), exercise)


def test_a_locked_gradebook_is_one_line(
    released: Course, make_report: MakeReport, exercise: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = released.root / "nbgrader_config.py"
    config.write_text(
        config.read_text() + f"\nc.CourseDirectory.db_url = 'sqlite:///{released.root}/gradebook.db?timeout=0.05'\n"
    )
    other = sqlite3.connect(released.root / "gradebook.db", isolation_level=None)
    other.execute("begin exclusive")
    try:
        with pytest.raises(CourseError, match="database is locked"):
            GradebookSink(Course.open(released.root)).write(make_report("ann"), exercise)
    finally:
        other.close()


@pytest.mark.slow
def test_a_class_is_read_by_as_many_statements_as_one_student(
    released: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    """Loaded one by one, the rows of a thousand students took half a minute."""
    students = ["ann", "bob", "cyd", "dan", "eve"]
    for student in students:
        GradebookSink(released).write(make_report(student, WRONG if student == "eve" else {}), exercise)
    counts = []
    for wanted in (students[:1], [*students, "nobody"]):
        statements: list[str] = []
        listen = partial(_note, statements)
        event.listen(Engine, "before_cursor_execute", listen)
        rows = gradebook.read_all(released, exercise, wanted)
        event.remove(Engine, "before_cursor_execute", listen)
        counts.append(len(statements))
        assert [row.student if row else None for row in rows] == [
            student if student != "nobody" else None for student in wanted
        ]
    assert counts[0] == counts[1] < 40, counts
    assert rows[4] is not None and rows[0] is not None and rows[4].score < rows[0].score


def _note(statements: list[str], connection: object, cursor: object, statement: str, *_: object) -> None:
    statements.append(statement)
