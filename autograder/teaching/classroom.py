"""Grades a whole class: what is new or changed is graded, recorded, and shown on feedback pages."""

from __future__ import annotations

import json
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from autograder.course.answers import hand_in_all, read_answers
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError, GraderError, shortened
from autograder.grading.kernels import SandboxKernels
from autograder.grading.local import DIED, cores, local_workers
from autograder.grading.pipeline import key
from autograder.grading.scheduling import Result, schedule
from autograder.grading.training_cache import TrainingCache
from autograder.recording import gradebook, marks, ungraded
from autograder.recording.feedback import write_pages
from autograder.recording.gradebook import Grades
from autograder.recording.graded import is_current, is_graded, notebook_files
from autograder.recording.marks import Mark
from autograder.recording.reviews import read_reviews
from autograder.recording.sinks import Sink, record, standard_sinks
from autograder.records import GradeReport, Level, Submission
from autograder.sandbox import levels

LEFT_ALONE = (
    f"{DIED}; it is left alone until it or the checks change: "
    "--student NAME or --force tries it again, with more memory perhaps"
)


class ProgressListener(Protocol):
    """An observer of the progress of grading a class."""

    def begin(self, total: int, unchanged: int) -> AbstractContextManager[object]:
        """Called once before the first submission; grading runs inside the returned context manager.

        `total`: the number of submissions to grade. `unchanged`: the number of those that are up to date.
        """

    def finished(self, result: Result) -> None:
        """Called after each submission, whether it was graded and recorded or could not be graded."""


class Silent:
    """A progress listener that shows nothing."""

    def begin(self, total: int, unchanged: int) -> AbstractContextManager[object]:
        """Show nothing."""
        return nullcontext()

    def finished(self, result: Result) -> None:
        """Show nothing."""


@dataclass(frozen=True)
class Grading:
    """How a class is graded.

    `students`: grade only these students (default: all).
    `force`: also grade unchanged submissions; cached trainings are used.
    `fresh`: also grade unchanged submissions, and train again.
    `jobs`: the number of worker processes, 0 for one per core.
    `threads`: the number of TensorFlow threads of each kernel.
    `isolation`: the name of an isolation level, even one below the course's minimum (default: the strongest level that
    works on this machine).
    """

    students: Collection[str] = ()
    force: bool = False
    fresh: bool = False
    jobs: int = 0
    threads: int = 1
    isolation: str = ""


@dataclass(frozen=True)
class Graded:
    """The result of grading a class.

    `grades`: the gradebook's data on each submission. `results`: what was graded in this run.
    `failed`: the results without a report. `data`: the name and the origin of each dataset.
    `marks`: what stands out about the submission of each student.
    """

    grades: tuple[Grades, ...]
    results: tuple[Result, ...]
    failed: tuple[Result, ...]
    data: tuple[tuple[str, str], ...]
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class AssignmentStatus:
    """One line of `autograder status`: `to_grade` and `to_review` are numbers of submissions, `mean` is in points.

    `to_look`: the students in whose hand-ins a person has to find an answer.
    """

    name: str
    released: bool
    submitted: int = 0
    graded: int = 0
    to_grade: int = 0
    to_review: int = 0
    mean: float | None = None
    points: float = 0.0
    data: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    to_look: tuple[str, ...] = ()


def grade_class(
    course: Course,
    assignment: Assignment,
    how: Grading | None = None,
    listener: ProgressListener | None = None,
    sinks: Sequence[Sink] = (),
) -> Graded:
    """Grade and record the submissions of an assignment that are new or changed.

    `how`: which submissions are graded, and how.
    `listener`: is told about the progress.
    `sinks`: further sinks for the reports, besides the standard ones.

    Raises CourseError when a named student has no submission, when the assignment was not released, when no permitted
    isolation level works on this machine, or when a sink cannot be written.
    """
    how, listener = how or Grading(), listener or Silent()
    kernels = kernels_of(course, assignment, how)
    everybody = course.submissions(assignment)
    chosen = _chosen(course, everybody, how.students)
    due = [
        submission
        for submission in chosen
        if how.force or how.fresh or not _is_current(course, assignment, submission, kernels.level)
    ]
    left_alone = [] if how.force or how.fresh or how.students else _left_alone(course, assignment, due, kernels.level)
    due = [submission for submission in due if submission not in left_alone]
    if kernels.cache:
        kernels.cache.prune()
    unchanged = len(chosen) - len(due) - len(left_alone)
    results = tuple(_grade_due(course, assignment, due, unchanged, kernels, how.jobs, listener, sinks))
    _remember(course, assignment, results, kernels.level)
    for submission in left_alone:
        results = (*results, Result(submission, None, LEFT_ALONE, ended_worker=True))
        listener.finished(results[-1])
    rows = gradebook.read_all(course, assignment, [submission.student for submission in everybody])
    return Graded(
        tuple(row for row in rows if row is not None),
        results,
        tuple(result for result in results if result.report is None),
        assignment.data,
        marks.of_submissions(course, assignment, everybody, rows),
    )


def _is_current(course: Course, assignment: Assignment, submission: Submission, level: Level) -> bool:
    """Return whether a submission is graded and unchanged. One that cannot even be looked at is graded: it may fail."""
    try:
        return is_current(course, assignment, submission, level)
    except CourseError:
        raise
    except Exception:  # whatever one student handed in must not stop the others
        return False


def _left_alone(
    course: Course, assignment: Assignment, due: Sequence[Submission], level: Level
) -> Sequence[Submission]:
    """Return the submissions that ended the grader's processes in an earlier run, and have not changed since."""
    known = ungraded.read(course, assignment)
    suspects = [submission for submission in due if submission.student in known]
    return [submission for submission in suspects if key(submission, assignment, level) == known[submission.student]]


def _remember(course: Course, assignment: Assignment, results: Sequence[Result], level: Level) -> None:
    """Record which submissions ended the grader's processes, so that the next run leaves them alone."""
    ended = {
        result.submission.student: key(result.submission, assignment, level)
        for result in results
        if result.ended_worker
    }
    others = [result.submission.student for result in results if not result.ended_worker]
    ungraded.write(course, assignment, ended, others)


def kernels_of(course: Course, assignment: Assignment, how: Grading) -> SandboxKernels:
    """Return the kernels for grading. Raises CourseError when no permitted isolation level works here."""
    level = levels.choose(assignment.isolation, how.isolation)
    return SandboxKernels(level, how.threads, TrainingCache(course.trainings, how.fresh))


def _chosen(course: Course, everybody: Sequence[Submission], students: Collection[str]) -> list[Submission]:
    chosen = [submission for submission in everybody if not students or submission.student in students]
    if missing := sorted(set(students) - {submission.student for submission in chosen}):
        raise CourseError(f"no submission of {', '.join(missing)} in {course.submitted}")
    return chosen


def _grade_due(
    course: Course,
    assignment: Assignment,
    due: Sequence[Submission],
    unchanged: int,
    kernels: SandboxKernels,
    jobs: int,
    listener: ProgressListener,
    sinks: Sequence[Sink],
) -> Iterator[Result]:
    """Grade and record the submissions that are due. The workers start while the gradebook is being opened."""
    all_sinks = standard_sinks(course, more=sinks)
    workers = local_workers(assignment, kernels, min(jobs or cores(), len(due))) if due else nullcontext()
    with workers as executor:
        if not gradebook.has_assignment(course, assignment):
            raise CourseError(f"{assignment.name} is not in the gradebook: run `autograder release {assignment.name}`")
        with listener.begin(len(due), unchanged):
            for result in schedule(due, assignment, executor, kernels) if executor else ():
                if result.report is not None:
                    result = _recorded(result, result.report, assignment, all_sinks)
                listener.finished(result)
                yield without_notebooks(result)


def _recorded(result: Result, report: GradeReport, assignment: Assignment, sinks: Sequence[Sink]) -> Result:
    """Record a report. Raises CourseError when a sink cannot be written; any other error is this submission's alone."""
    try:
        record(report, assignment, sinks)
    except CourseError:
        raise
    except Exception as error:  # whatever one student handed in must not stop the others
        text = f"its report could not be recorded: {type(error).__name__}: {error}"
        return Result(result.submission, None, shortened(text), traceback.format_exc())
    return result


def without_notebooks(result: Result) -> Result:
    """Return the result without its notebooks. They are on disk, and a thousand of them would fill the memory."""
    if result.report is None:
        return result
    notebooks = tuple(replace(notebook, tree={}) for notebook in result.report.notebooks)
    return replace(result, report=replace(result.report, notebooks=notebooks))


def try_answers(course: Course, assignment: Assignment, file: Path, isolation: str = "") -> GradeReport:
    """Grade an answers file in a worker process and return the report; only its trainings are recorded.

    Raises CourseError when the file cannot be understood, GraderError when it cannot be graded.
    """
    contents = hand_in_all(assignment, read_answers(file), str(file))
    submission = Submission(file.stem, assignment.name, file.parent, contents=contents)
    kernels = kernels_of(course, assignment, Grading(isolation=isolation))
    with local_workers(assignment, kernels, 1) as executor:
        result = next(schedule([submission], assignment, executor, kernels))
    if result.report is None:
        raise GraderError(f"{file} could not be graded: {result.error}")
    return result.report


def write_feedback(course: Course, assignment: Assignment, student: str = "") -> list[Path]:
    """Write the feedback pages of all graded submissions, or of one student, and return the paths.

    Raises CourseError when a page cannot be written. A page that cannot be made keeps no other from being written;
    the error then comes at the end and names the students.
    """
    written, reviews, problems = [], read_reviews(course), []
    for submission in course.submissions(assignment):
        files = notebook_files(course, assignment, submission)
        if student not in ("", submission.student) or not all(file.is_file() for file in files):
            continue
        try:
            trees = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
            written += write_pages(course, assignment, submission.student, trees, reviews)
        except CourseError:
            raise
        except Exception as error:  # whatever one student handed in must not stop the others
            problems.append(f"{submission.student} ({shortened(f'{type(error).__name__}: {error}', 200)})")
    if problems:
        raise CourseError(f"pages that could not be made: {', '.join(problems)}; all others are written")
    return written


def course_status(course: Course, isolation: str = "") -> list[AssignmentStatus]:
    """Return the status of each assignment of the course."""
    return [_status(course, name, isolation) for name in course.assignments()]


def _status(course: Course, name: str, isolation: str) -> AssignmentStatus:
    """Return the status of an assignment. If the assignment has errors, the status says which."""
    released = (course.release / name).is_dir()
    try:
        assignment = course.assignment(name)
        level = levels.choose(assignment.isolation, isolation)
        submissions = course.submissions(assignment)
        rows = gradebook.read_all(course, assignment, [submission.student for submission in submissions])
        recorded = [is_graded(course, assignment, submission) for submission in submissions]
        graded = [row for row, is_recorded in zip(rows, recorded, strict=True) if row and is_recorded]
        marked = marks.of_submissions(course, assignment, submissions, rows)
        return AssignmentStatus(
            name,
            released,
            submitted=len(submissions),
            graded=len(graded),
            to_grade=sum(not _is_current(course, assignment, submission, level) for submission in submissions),
            to_look=tuple(student for student, found in marked.items() if Mark.OPEN in found),
            to_review=sum(row.needs_manual_grade for row in graded),
            mean=sum(row.score for row in graded) / len(graded) if graded else None,
            points=graded[0].points if graded else 0.0,
            data=assignment.data,
        )
    except CourseError as error:
        return AssignmentStatus(name, released, problem=str(error))
