"""Runs the visible tests on one submission, and returns which pass and how the others fail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograder.course.assignment import Assignment, InstructorNotebook
from autograder.course.placing import rebuild
from autograder.course.recovery import recover
from autograder.course.submissions import loaded
from autograder.errors import BadSubmission
from autograder.grading.execution import Session
from autograder.grading.kernels import Kernels
from autograder.grading.pipeline import request_for
from autograder.records import CellRun, CellStatus, Submission, Task, Unreadable


@dataclass(frozen=True)
class VisibleResult:
    """A task with the result of its visible test; `error` is empty when it passed or when a person grades the task."""

    task: Task
    passed: bool
    error: str = ""


def run_visible(submission: Submission, assignment: Assignment, kernels: Kernels) -> tuple[VisibleResult, ...]:
    """Run a submission with the instructor's visible tests in the sandbox; no result is stored.

    Raises BadSubmission when a notebook cannot be read, and GraderError when our own machinery fails.
    """
    handed_in = loaded(submission, assignment)
    contents = handed_in.contents or {}
    results: list[VisibleResult] = []
    for notebook in assignment.notebooks:
        results += _run_notebook(notebook, contents[notebook.name], submission.student, assignment, kernels)
    return tuple(results)


def _run_notebook(
    notebook: InstructorNotebook, content: bytes | Unreadable, student: str, assignment: Assignment, kernels: Kernels
) -> list[VisibleResult]:
    if isinstance(content, Unreadable):
        raise BadSubmission(content.message, hint=content.hint, detail=content.detail)
    rebuilt = rebuild(notebook.notebook, recover(content, notebook.name).notebook)
    request = request_for(rebuilt, student, assignment, kernels)
    cells = tuple(replace(cell, grade=False) if cell.is_test else cell for cell in rebuilt.notebook.cells)
    runnable = replace(rebuilt.notebook, cells=cells)
    with Session(runnable, lambda: kernels.start(request), assignment.limits) as session:
        session.finish()
    runs = {cells[position].grade_id: run for position, run in session.runs.items()}
    return [_result(task, runs.get(task.grade_cell)) for task in notebook.tasks]


def _result(task: Task, run: CellRun | None) -> VisibleResult:
    if task.manual:
        return VisibleResult(task, True)
    if run is None:
        return VisibleResult(task, False, "it did not run")
    passed = run.status is CellStatus.OK
    return VisibleResult(task, passed, run.error or ("" if passed else run.status.value))
