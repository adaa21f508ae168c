"""A whole class: grade what is new, record each report as it comes, write the pages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from autograder.course.answers import hand_in, read_answers
from autograder.course.layout import Course
from autograder.course.notebooks import read_course_notebook
from autograder.errors import CourseError, GraderError
from autograder.grading.memory import prune
from autograder.grading.pipeline import course_level, data_origins, key, validate
from autograder.grading.scheduling import Result, cores, grade_all, grading
from autograder.recording import feedback, gradebook, graded
from autograder.recording.gradebook import Grades
from autograder.recording.reviews import reviews, with_names
from autograder.records import GradeReport, Submission


class Watcher(Protocol):
    """Who wants to know how far the grading of a class is."""

    def begin(self, total: int, unchanged: int) -> AbstractContextManager[object]:
        """Called once, before the first submission."""

    def finished(self, result: Result) -> None:
        """Called when a submission has been graded and recorded, or could not be."""


@dataclass(frozen=True)
class Graded:
    """What a run of `grade` did, and the gradebook's rows for everybody who handed in."""

    grades: tuple[Grades, ...]
    results: tuple[Result, ...]
    failed: tuple[Result, ...]
    data: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AssignmentStatus:
    """One line of `autograder status`."""

    name: str
    released: bool
    submitted: int
    graded: int
    to_grade: int
    to_review: int
    mean: float | None
    points: float
    data: tuple[tuple[str, str], ...]
    problem: str = ""


def grade_class(
    course: Course,
    assignment: str,
    *,
    students: Collection[str] = (),
    force: bool = False,
    fresh: bool = False,
    jobs: int = 0,
    threads: int = 1,
    isolation: str = "",
    watch: Watcher,
) -> Graded:
    """Grade all submissions of an assignment that are new or changed, or those of some students.

    Files before the gradebook, the report with its key last: whatever interrupts a run, the next one grades a
    submission again unless everything about it was written. `force` grades what is unchanged as well, with the
    trainings that are remembered; `fresh` trains again.
    """
    data, level = data_origins(course, assignment), course_level(course, isolation)
    everybody = course.submissions(assignment)
    chosen = [each for each in everybody if not students or each.student in students]
    if missing := sorted(set(students) - {each.student for each in chosen}):
        raise CourseError(f"no submission of {', '.join(missing)} in {course.submitted}")
    due = [each for each in chosen if force or fresh or graded.recorded_key(course, each) != key(each, course, level)]
    done = []
    prune(course)
    with grading(course, due, jobs or cores(), level, threads, fresh) as results:  # begins while the gradebook is opened
        if not gradebook.has_assignment(course, assignment):
            raise CourseError(f"{assignment} is not in the gradebook: run `autograder release {assignment}`")
        if found := validate(course, assignment):
            raise CourseError(f"{assignment} cannot be graded: {found[0]}")
        with watch.begin(len(due), len(chosen) - len(due)):
            for result in results:
                if result.report is not None:
                    record(course, result.report)
                watch.finished(result)
                done.append(without_notebook(result))
    rows = gradebook.read_all(course, assignment, [each.student for each in everybody])
    return Graded(
        tuple(row for row in rows if row is not None),
        tuple(done),
        tuple(each for each in done if each.report is None),
        data,
    )


def without_notebook(result: Result) -> Result:
    """The result without the notebook, which is on disk by now: a thousand of them would fill the grader's memory."""
    return replace(result, report=result.report and replace(result.report, notebook={}))


def record(course: Course, report: GradeReport) -> None:
    """Write one report everywhere."""
    graded.write_notebook(course, report)
    gradebook.record(course, report)
    graded.write_report(course, report)


def try_answers(course: Course, assignment: str, file: Path, isolation: str = "") -> GradeReport:
    """Grade an answers file in a worker of the real engine; nothing is recorded."""
    content = hand_in(read_course_notebook(course.source_notebook(assignment)), read_answers(file), str(file))
    if found := validate(course, assignment):
        raise CourseError(f"{assignment} cannot be graded: {found[0]}")
    with tempfile.TemporaryDirectory(prefix="autograder-try-") as folder:
        notebook = Path(folder) / course.source_notebook(assignment).name
        notebook.write_bytes(content)
        result = next(grade_all(course, [Submission(file.stem, assignment, notebook)], 1, course_level(course, isolation)))
    if result.report is None:
        raise GraderError(f"{file} could not be graded: {result.error}")
    return result.report


def write_feedback(course: Course, assignment: str, student: str = "") -> list[Path]:
    """Write the feedback page of every graded submission, or of one; the paths written."""
    written, made = [], reviews(course)
    for submission in course.submissions(assignment):
        source = graded.notebook_file(course, assignment, submission.student)
        if student not in ("", submission.student) or not source.is_file():
            continue
        tree = json.loads(source.read_text(encoding="utf-8"))
        target = course.feedback / submission.student / assignment / f"{source.stem}.html"
        grades = with_names(made, assignment, gradebook.read(course, assignment, submission.student))
        graded.write_atomically(target, feedback.page(tree, grades))
        written.append(target)
    return written


def course_status(course: Course, isolation: str = "") -> list[AssignmentStatus]:
    """Where each assignment of the course stands."""
    return list(_statuses(course, isolation))


def _statuses(course: Course, isolation: str) -> Iterator[AssignmentStatus]:
    for name in course.assignments():
        try:
            data, level = data_origins(course, name), course_level(course, isolation)
            submissions = course.submissions(name)
            rows = gradebook.read_all(course, name, [each.student for each in submissions])
            graded_rows = [row for row, each in zip(rows, submissions, strict=True) if row and graded.recorded_key(course, each)]
            due = sum(graded.recorded_key(course, each) != key(each, course, level) for each in submissions)
            yield AssignmentStatus(
                name,
                (course.release / name).is_dir(),
                len(submissions),
                len(graded_rows),
                due,
                sum(row.needs_manual_grade for row in graded_rows),
                sum(row.score for row in graded_rows) / len(graded_rows) if graded_rows else None,
                graded_rows[0].points if graded_rows else 0.0,
                data,
            )
        except CourseError as error:
            yield AssignmentStatus(name, (course.release / name).is_dir(), 0, 0, 0, 0, None, 0.0, (), str(error))
