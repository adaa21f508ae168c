"""Runs the tests that students see on what one of them handed in: which pass, and what the others say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograder.course.layout import Course
from autograder.course.notebooks import parse, read_course_notebook, read_submission, rebuild, tasks
from autograder.grading.execution import Session
from autograder.grading.memory import kernel_seed, memory_of
from autograder.grading.pipeline import course_level, kernel_starter
from autograder.records import CellRun, CellStatus, Submission, Task


@dataclass(frozen=True)
class Tried:
    """A task with what its visible test gave; `error` is empty when it passed, or when a person reads the answer."""

    task: Task
    passed: bool
    error: str = ""


def run_visible(submission: Submission, course: Course, level: str = "") -> tuple[Tried, ...]:
    """Run a submission with the instructor's visible tests, in the sandbox; nothing is recorded.

    Raises BadSubmission for what is no notebook, CourseError and GraderError as `grade` does.
    """
    instructor, limits = read_course_notebook(course.source_notebook(submission.assignment)), course.limits(submission.assignment)
    answers = rebuild(instructor, parse(read_submission(submission.notebook), instructor.name)).notebook
    memory = memory_of(course, submission.assignment, submission.student, answers)
    seed = kernel_seed(course, submission.assignment, submission.student)
    starter = kernel_starter(course, course_level(course, level), 1, seed, memory)
    plain = replace(answers, cells=tuple(replace(cell, grade=False) if cell.is_test else cell for cell in answers.cells))
    with Session(plain, lambda: starter(limits), limits) as session:
        session.finish()
    runs = {plain.cells[at].grade_id: run for at, run in session.runs.items()}
    return tuple(_tried(task, runs.get(task.grade_cell)) for task in tasks(instructor))


def _tried(task: Task, run: CellRun | None) -> Tried:
    if task.manual:
        return Tried(task, True)
    if run is None:
        return Tried(task, False, "it did not run")
    return Tried(task, run.status is CellStatus.OK, run.error or ("" if run.status is CellStatus.OK else run.status.value))
