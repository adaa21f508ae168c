"""Reads and writes nbgrader's gradebook database; no other module writes it."""

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

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.records import GradeReport

AT_ONCE = 300  # students whose rows are read together
NO_RESPONSE = "No response."  # nbgrader's comment on a solution cell that was not changed


@dataclass(frozen=True)
class Grade:
    """The points of one graded cell in the gradebook, and whether a person still has to grade it."""

    notebook: str
    cell: str
    score: float
    points: float
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool
    comment: str


@dataclass(frozen=True)
class Grades:
    """The gradebook's data on one submission; `penalties` are the points each notebook loses for being late."""

    student: str
    score: float
    points: float
    late_penalty: float
    cells: tuple[Grade, ...]
    penalties: tuple[tuple[str, float], ...] = ()
    late: bool = False

    @property
    def needs_manual_grade(self) -> bool:
        """Whether a person still has to grade something."""
        return any(grade.needs_manual_grade for grade in self.cells)


@cache
def _import_jsonschema() -> None:
    """Import jsonschema before nbgrader does, without an optional part that is unused and takes a second to import."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    importlib.import_module("jsonschema")
    if sys.modules["rfc3987_syntax"] is None:
        del sys.modules["rfc3987_syntax"]


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """Open nbgrader's Gradebook. Raises CourseError with one line when the database cannot be used."""
    _import_jsonschema()
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError, OperationalError

    _refuse_old_schema(course)
    _make_alembic_findable()
    try:
        with Gradebook(course.db_url, course.id) as book:
            yield book
    except OperationalError as error:
        reason = str(error.orig)
        if "no such column" in reason or "no such table" in reason:
            raise CourseError(
                f"the gradebook {course.db_url} was made by another version of nbgrader ({reason}): copy it, then run "
                "`nbgrader db upgrade`"
            ) from error
        raise CourseError(
            f"the gradebook {course.db_url} cannot be written ({reason}); nothing was recorded for this submission"
        ) from error
    except DatabaseError as error:
        raise CourseError(f"the gradebook {course.db_url} is damaged ({error.orig}); nothing was changed") from error


@cache
def _make_alembic_findable() -> None:
    """Add the programs of our environment to the PATH: nbgrader runs the command `alembic` for a new database."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, path])


def _refuse_old_schema(course: Course) -> None:
    """Raise CourseError when another nbgrader version made the gradebook; otherwise it would only fail much later."""
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
    """Return the version of the database schema that the installed nbgrader writes."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())


def has_assignment(course: Course, assignment: Assignment) -> bool:
    """Return whether the gradebook has the cells of the assignment, that is, whether it was released."""
    from nbgrader.api import MissingEntry

    with opened(course) as book:
        try:
            return bool(book.find_assignment(assignment.name).notebooks)
        except MissingEntry:
            return False


def due_dates(course: Course) -> dict[str, str]:
    """Return the due date of each assignment that has one: ISO 8601, UTC."""
    with opened(course) as book:
        return {entry.name: f"{entry.duedate.isoformat()}Z" for entry in book.assignments if entry.duedate}


@dataclass(frozen=True)
class GradebookSink:
    """A sink that writes scores into nbgrader's database, one transaction for each submission."""

    course: Course

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        """Write the scores of one submission, all or nothing.

        Manual scores and comments stay. A cell is marked for manual grading when a check flagged it, or when it has a
        manual score and its automatic score changed.

        Raises CourseError when the assignment was not released or the database cannot be written.
        """
        from nbgrader.api import MissingEntry
        from nbgrader.utils import parse_utc

        with opened(self.course) as book:
            try:
                row = book.find_assignment(report.assignment)
            except MissingEntry:
                raise CourseError(
                    f"{report.assignment} is not in the gradebook: run `autograder release {report.assignment}`"
                ) from None
            submission = _submission(book, row, report.student)
            if report.timestamp:
                submission.timestamp = parse_utc(report.timestamp)
            _fill_in(report, submission)
            book.db.flush()
            _late_penalty(self.course, report, submission)
            book.db.commit()


def _fill_in(report: GradeReport, submission: Any) -> None:
    """Set the scores of all cells in the rows of a submission, without a commit."""
    earned = {(task.task.notebook, task.task.grade_cell): task for task in report.tasks}
    attempted = {(task.task.notebook, task.task.cell): task.attempted for task in report.tasks}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            task = earned.get((notebook.name, grade.cell.name))
            if task is None:
                raise CourseError(
                    f"the gradebook has a cell {grade.cell.name} that {report.assignment} lacks: "
                    f"run `autograder release {report.assignment}`"
                )
            score_changed = grade.manual_score is not None and grade.auto_score != task.earned
            grade.needs_manual_grade = (
                ((task.earned is None or bool(task.flags)) and grade.manual_score is None)
                or score_changed
                or (grade.needs_manual_grade and grade.manual_score is not None)
            )
            grade.auto_score = task.earned
        for comment in notebook.comments:
            has_answer = attempted.get((notebook.name, comment.cell.name), True)
            comment.auto_comment = None if has_answer else NO_RESPONSE


def _submission(book: Any, assignment: Any, student: str) -> Any:
    """Return the row of a submission. A new one gets rows for all cells of the assignment; there is no commit yet."""
    from nbgrader import api

    with book.db.no_autoflush:
        student_row = book.db.get(api.Student, student) or api.Student(id=student)
        book.db.add(student_row)
        rows = book.db.query(api.SubmittedAssignment).filter_by(assignment_id=assignment.id, student_id=student)
        submission = rows.one_or_none()
        if submission is None:
            submission = api.SubmittedAssignment(assignment_id=assignment.id, student_id=student)
            book.db.add(submission)
            for notebook in assignment.notebooks:
                submitted = api.SubmittedNotebook(notebook_id=notebook.id, assignment=submission)
                book.db.add(submitted)
                for cell in notebook.grade_cells:
                    book.db.add(api.Grade(cell_id=cell.id, notebook=submitted))
                for cell in notebook.solution_cells:
                    book.db.add(api.Comment(cell_id=cell.id, notebook=submitted))
    book.db.flush()
    return submission


def _late_penalty(course: Course, report: GradeReport, submission: Any) -> None:
    """Set the penalty for a late submission, as nbgrader's plugin of this course computes it (by default: none)."""
    from nbgrader.preprocessors import AssignLatePenalties

    for notebook in submission.notebooks:
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            preprocessor = AssignLatePenalties(config=course.config)
            preprocessor.init_plugin()
            plugin = preprocessor.plugin_inst
            seconds_late = submission.total_seconds_late
            penalty = plugin.late_submission_penalty(report.student, notebook.score, seconds_late)
            notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0), notebook.score)


def read(course: Course, assignment: Assignment, student: str) -> Grades | None:
    """Return the gradebook's data on the submission of a student, or None when there is none."""
    return read_all(course, assignment, [student])[0]


def read_all(course: Course, assignment: Assignment, students: Sequence[str]) -> list[Grades | None]:
    """Return the gradebook's data on the submissions of these students, in the order of the students.

    All rows of some hundred students come by a handful of statements. Loaded one by one, as nbgrader does it, they take
    46 statements for each student.
    """
    from nbgrader.api import MissingEntry

    with opened(course) as book:
        try:
            number = book.find_assignment(assignment.name).id
        except MissingEntry:
            return [None for _ in students]
        found: dict[str, Grades] = {}
        for at in range(0, len(students), AT_ONCE):
            for submission in _submissions(book, number, students[at : at + AT_ONCE]):
                found[submission.student_id] = _read(submission)
            book.db.expunge_all()  # the rows of thousands of students are not kept in memory
        return [found.get(student) for student in students]


def _submissions(book: Any, assignment: str, students: Sequence[str]) -> Sequence[Any]:
    """Return the rows of some students' submissions, with everything that is read of them; `assignment` is its id."""
    from nbgrader import api
    from sqlalchemy.orm import selectinload, undefer

    notebook, whole = selectinload(api.SubmittedAssignment.notebooks), api.SubmittedAssignment
    grades = notebook.selectinload(api.SubmittedNotebook.grades)
    options = (
        *(undefer(column) for column in (whole.score, whole.max_score, whole.late_submission_penalty)),
        notebook.selectinload(api.SubmittedNotebook.notebook),
        grades.undefer(api.Grade.max_score),
        grades.selectinload(api.Grade.cell),
        notebook.selectinload(api.SubmittedNotebook.comments).selectinload(api.Comment.cell),
        selectinload(api.SubmittedAssignment.assignment),
    )
    rows = book.db.query(api.SubmittedAssignment).filter_by(assignment_id=assignment)
    found: Sequence[Any] = rows.filter(api.SubmittedAssignment.student_id.in_(students)).options(*options).all()
    return found


def _read(submission: Any) -> Grades:
    cells: list[Grade] = []
    for notebook in submission.notebooks:
        comments = {comment.cell.name: comment.comment or "" for comment in notebook.comments}
        for grade in notebook.grades:
            name = grade.cell.name
            scores = (grade.score, grade.max_score, grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            cells.append(Grade(notebook.name, name, *scores, comments.pop(name, "")))
        cells += [Grade(notebook.name, name, 0, 0, None, None, False, text) for name, text in comments.items() if text]
    penalty = submission.late_submission_penalty or 0.0
    parts = tuple((notebook.name, notebook.late_submission_penalty or 0.0) for notebook in submission.notebooks)
    late = submission.total_seconds_late > 0
    return Grades(submission.student_id, submission.score, submission.max_score, penalty, tuple(cells), parts, late)
