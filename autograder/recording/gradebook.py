"""The only writer of nbgrader's database: one transaction per submission."""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from autograder.course.layout import Course
from autograder.errors import CourseError
from autograder.records import GradeReport

NO_RESPONSE = "No response."  # nbgrader's own comment on a cell that is as it was released


def _import_jsonschema() -> None:
    """Import it before nbgrader does, without an optional part that builds its grammars for a second and is not used."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    importlib.import_module("jsonschema")
    if sys.modules["rfc3987_syntax"] is None:
        del sys.modules["rfc3987_syntax"]


_import_jsonschema()


@dataclass(frozen=True)
class Grade:
    """A row of the gradebook: points of one graded cell, and whether a person still has to look at it."""

    cell: str
    score: float
    points: float
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    comment: str


@dataclass(frozen=True)
class Grades:
    """What the gradebook holds about one submission."""

    student: str
    score: float
    points: float
    late_penalty: float
    cells: tuple[Grade, ...]

    @property
    def needs_manual_grade(self) -> bool:
        """Whether a person still has to grade something."""
        return any(each.needs_manual_grade for each in self.cells)


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """Nbgrader's Gradebook; CourseError with one line when the database cannot be used."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError, OperationalError

    _refuse_old_schema(course)
    # a new database gets its version from the command `alembic`, which is beside our own interpreter
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    try:
        with mock.patch.dict(os.environ, {"PATH": path}):
            book = Gradebook(course.db_url, course.id)
        with book:
            yield book
    except OperationalError as error:
        reason = str(error.orig)
        if "no such column" in reason or "no such table" in reason:
            raise CourseError(
                f"the gradebook {course.db_url} was made by another version of nbgrader ({reason}): copy it, then run `nbgrader db upgrade`"
            ) from error
        raise CourseError(
            f"the gradebook {course.db_url} cannot be written ({reason}); nothing was recorded for this submission"
        ) from error
    except DatabaseError as error:
        raise CourseError(f"the gradebook {course.db_url} is damaged ({error.orig}); nothing was changed") from error


def _refuse_old_schema(course: Course) -> None:
    """A gradebook of an older nbgrader opens without complaint and fails much later: compare its version first."""
    file = Path(course.db_url.removeprefix("sqlite:///"))
    if not course.db_url.startswith("sqlite:///") or not file.is_file() or file.stat().st_size == 0:
        return
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            versions = connection.execute("select version_num from alembic_version").fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            return
        versions = []
    except sqlite3.DatabaseError as error:
        raise CourseError(f"{file} is not a gradebook ({error}); move it away to start a new one") from error
    if [row[0] for row in versions] != [_schema_version()]:
        raise CourseError(
            f"{file} was made by another version of nbgrader: copy it, then run `nbgrader db upgrade` in {course.root}"
        )


@cache
def _schema_version() -> str:
    """The database schema that the installed nbgrader writes."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())


def has_assignment(course: Course, assignment: str) -> bool:
    """Whether the assignment was released, so that the gradebook knows its cells."""
    from nbgrader.api import MissingEntry

    with opened(course) as book:
        try:
            return bool(book.find_assignment(assignment).notebooks)
        except MissingEntry:
            return False


def due_dates(course: Course) -> dict[str, str]:
    """When each assignment is due, where that is known: ISO 8601, UTC."""
    with opened(course) as book:
        return {each.name: f"{each.duedate.isoformat()}Z" for each in book.assignments if each.duedate}


def record(course: Course, report: GradeReport) -> None:
    """Write the scores of one submission, all or nothing.

    Manual scores and comments of people stay; where there is a manual score and the automatic one changed, the cell is
    marked for another look, and so is what a check flagged. CourseError when the assignment was not released or the database cannot be written.
    """
    from nbgrader.api import MissingEntry
    from nbgrader.utils import parse_utc

    with opened(course) as book:
        try:
            assignment = book.find_assignment(report.assignment)
        except MissingEntry:
            raise CourseError(
                f"{report.assignment} is not in the gradebook: run `autograder release {report.assignment}`"
            ) from None
        submission = _submission(book, assignment, report.student)
        if report.timestamp:
            submission.timestamp = parse_utc(report.timestamp)
        earned = {each.task.grade_cell: each for each in report.tasks}
        attempted = {each.task.cell: each.attempted for each in report.tasks}
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                task = earned.get(grade.cell.name)
                if task is None:
                    raise CourseError(
                        f"the gradebook has a cell {grade.cell.name} that {report.assignment} lacks: run `autograder release {report.assignment}`"
                    )
                again = grade.manual_score is not None and grade.auto_score != task.earned
                grade.needs_manual_grade = (
                    ((task.earned is None or bool(task.flags)) and grade.manual_score is None)
                    or again
                    or (grade.needs_manual_grade and grade.manual_score is not None)
                )
                grade.auto_score = task.earned
            for comment in notebook.comments:
                comment.auto_comment = None if attempted.get(comment.cell.name, True) else NO_RESPONSE
        book.db.flush()
        _late_penalty(course, report, submission)
        book.db.commit()


def _submission(book: Any, assignment: Any, student: str) -> Any:
    """The submission's row with its mirror of the assignment's cells, made when it is not there, not yet committed."""
    from nbgrader import api

    with book.db.no_autoflush:
        person = book.db.get(api.Student, student) or api.Student(id=student)
        book.db.add(person)
        found = book.db.query(api.SubmittedAssignment).filter_by(assignment_id=assignment.id, student_id=student).one_or_none()
        if found is None:
            found = api.SubmittedAssignment(assignment_id=assignment.id, student_id=student)
            book.db.add(found)
            for notebook in assignment.notebooks:
                mirror = api.SubmittedNotebook(notebook_id=notebook.id, assignment=found)
                book.db.add(mirror)
                for cell in notebook.grade_cells:
                    book.db.add(api.Grade(cell_id=cell.id, notebook=mirror))
                for cell in notebook.solution_cells:
                    book.db.add(api.Comment(cell_id=cell.id, notebook=mirror))
    book.db.flush()
    return found


def _late_penalty(course: Course, report: GradeReport, submission: Any) -> None:
    """The penalty that nbgrader's plugin of this course gives for a late submission; the default plugin gives none."""
    from nbgrader.preprocessors import AssignLatePenalties

    for notebook in submission.notebooks:
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            rule = AssignLatePenalties(config=course.config)
            rule.init_plugin()
            penalty = rule.plugin_inst.late_submission_penalty(report.student, notebook.score, submission.total_seconds_late)
            notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0), notebook.score)


def read(course: Course, assignment: str, student: str) -> Grades | None:
    """What the gradebook holds about a submission, or None."""
    return read_all(course, assignment, [student])[0]


def read_all(course: Course, assignment: str, students: Sequence[str]) -> list[Grades | None]:
    """What the gradebook holds about these students' submissions, in their order."""
    with opened(course) as book:
        return [_read(book, assignment, student) for student in students]


def _read(book: Any, assignment: str, student: str) -> Grades | None:
    from nbgrader.api import MissingEntry

    try:
        submission = book.find_submission(assignment, student)
    except MissingEntry:
        return None
    comments = {each.cell.name: each.comment or "" for notebook in submission.notebooks for each in notebook.comments}
    cells = tuple(
        Grade(
            each.cell.name,
            each.score,
            each.max_score,
            each.auto_score,
            each.manual_score,
            each.needs_manual_grade,
            comments.get(each.cell.name, ""),
        )
        for notebook in submission.notebooks
        for each in notebook.grades
    )
    extra = tuple(
        Grade(name, 0, 0, None, None, False, text)
        for name, text in comments.items()
        if text and name not in {each.cell for each in cells}
    )
    return Grades(student, submission.score, submission.max_score, submission.late_submission_penalty or 0.0, cells + extra)
