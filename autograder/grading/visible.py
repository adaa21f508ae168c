"""Runs the visible tests on one submission, placed and rebuilt as for grading, and says what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from autograder import messages
from autograder.course.assignment import Assignment, InstructorNotebook
from autograder.course.placing import Rebuilt
from autograder.course.submissions import loaded
from autograder.errors import BadSubmission
from autograder.grading.assertions import explained
from autograder.grading.execution import Session
from autograder.grading.kernels import Kernels
from autograder.grading.pipeline import place, request_for
from autograder.records import CellRun, CellStatus, Submission, Task, Unreadable

SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")


class Outcome(StrEnum):
    """What became of one task."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    OPEN = "open"  # where its answer is was not clear, or nothing could be read: a person will look
    READ_BY_A_PERSON = "read by a person"


@dataclass(frozen=True)
class VisibleResult:
    """A task with what became of its visible test; `error` says in words why it did not pass."""

    task: Task
    outcome: Outcome
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test passed, or the task has none."""
        return self.outcome in (Outcome.PASSED, Outcome.READ_BY_A_PERSON)


@dataclass(frozen=True)
class VisibleReport:
    """The results of all tasks, and the notes about placing that the student would read after grading."""

    results: tuple[VisibleResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[VisibleResult, ...]:
        """The results of the tasks that have a visible test."""
        return tuple(result for result in self.results if not result.task.manual)

    @property
    def answered(self) -> int:
        """The number of tasks that have an answer."""
        return sum(result.outcome is not Outcome.NOT_ATTEMPTED for result in self.results)


@dataclass(frozen=True)
class Progress:
    """How far a run is: `done` of `cells` code cells, and the heading above the next one."""

    done: int
    cells: int
    title: str


def run_visible(
    submission: Submission,
    assignment: Assignment,
    kernels: Kernels,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> VisibleReport:
    """Run a submission with the instructor's visible tests in the sandbox; no result is stored.

    Raises GraderError when our own machinery fails.
    """
    return _report(
        submission,
        assignment,
        lambda notebook, rebuilt: _run(notebook, rebuilt, submission.student, assignment, kernels, progress),
    )


def look(submission: Submission, assignment: Assignment) -> VisibleReport:
    """Return which tasks have an answer, without running any of them: every answer counts as passed."""
    return _report(submission, assignment, lambda notebook, rebuilt: {})


def _report(
    submission: Submission,
    assignment: Assignment,
    run: Callable[[InstructorNotebook, Rebuilt], dict[str, CellRun] | None],
) -> VisibleReport:
    handed_in = loaded(submission, assignment)
    contents = handed_in.contents or {}
    results: list[VisibleResult] = []
    notes = list(handed_in.notes.get("", ()))
    for notebook in assignment.notebooks:
        content = contents[notebook.name]
        try:
            if isinstance(content, Unreadable):
                raise BadSubmission(content.message, hint=content.hint)
            placed = place(notebook, content, handed_in)
        except BadSubmission as fault:
            notes.append(messages.NOT_READABLE.filled(reason=fault.message).text)
            results += [VisibleResult(task, Outcome.OPEN) for task in notebook.tasks]
            continue
        notes += placed.notes
        runs = run(notebook, placed.rebuilt)
        results += [_result(task, placed.rebuilt, placed.opened, runs) for task in notebook.tasks]
    return VisibleReport(tuple(results), tuple(notes))


def _run(
    notebook: InstructorNotebook,
    rebuilt: Rebuilt,
    student: str,
    assignment: Assignment,
    kernels: Kernels,
    progress: Callable[[Progress], None],
) -> dict[str, CellRun]:
    """Run a rebuilt notebook with its visible tests, and return the runs by grade_id."""
    request = request_for(rebuilt, student, assignment, kernels)
    cells = tuple(
        replace(cell, grade=False, source=explained(cell.source)) if cell.is_test else cell
        for cell in rebuilt.notebook.cells
    )
    titles = _titles(rebuilt, notebook)
    code = [position for position, cell in enumerate(cells) if cell.is_code]

    def begin(position: int) -> None:
        progress(Progress(sum(each < position for each in code), len(code), titles[position]))

    runnable = replace(rebuilt.notebook, cells=cells)
    with Session(runnable, lambda: kernels.start(request), assignment.limits, begin) as session:
        session.finish()
    return {cells[position].grade_id: run for position, run in session.runs.items() if cells[position].grade_id}


def _titles(rebuilt: Rebuilt, notebook: InstructorNotebook) -> list[str]:
    """Return for each cell of a rebuilt notebook the title of the task that comes at or after it."""
    by_cell = {name: task.title for task in notebook.tasks for name in (task.cell, task.grade_cell)}
    titles, title = [], ""
    for cell in reversed(rebuilt.notebook.cells):
        title = by_cell.get(cell.grade_id, title)
        titles.append(title)
    return titles[::-1]


def _result(task: Task, rebuilt: Rebuilt, opened: frozenset[str], runs: dict[str, CellRun] | None) -> VisibleResult:
    attempted = task.cell not in rebuilt.untouched
    if task.manual:
        return VisibleResult(task, Outcome.READ_BY_A_PERSON if attempted else Outcome.NOT_ATTEMPTED)
    test = (runs or {}).get(task.grade_cell)
    if not runs:
        outcome = Outcome.OPEN if task.cell in opened else Outcome.PASSED if attempted else Outcome.NOT_ATTEMPTED
        return VisibleResult(task, outcome)
    if test is not None and test.status is CellStatus.OK:
        return VisibleResult(task, Outcome.PASSED)
    if task.cell in opened:
        return VisibleResult(task, Outcome.OPEN, "" if task.cell in rebuilt.missing else messages.LOOKED_AT.text)
    if not attempted:
        return VisibleResult(task, Outcome.NOT_ATTEMPTED)
    return VisibleResult(task, Outcome.FAILED, _why(runs.get(task.cell), test))


def _why(answer: CellRun | None, test: CellRun | None) -> str:
    """Return in words why a test did not pass: because of the answer's own error, or what the test found."""
    if answer is not None and answer.status in (CellStatus.OUT_OF_TIME, CellStatus.DIED):
        return f"your answer ended before its end: {answer.error}"
    if answer is not None and answer.status is CellStatus.ERROR:
        if answer.error.startswith(SYNTAX_ERRORS):
            return f"your answer is not Python, so none of it ran: {answer.error}"
        if answer.error.startswith("NotImplementedError"):
            return "`raise NotImplementedError()` still stands in your answer: delete this line"
        return f"your answer stopped with {answer.error}"
    if test is None or test.status is CellStatus.NOT_RUN:
        return (test.error if test else "") or "it did not run"
    if test.status in (CellStatus.OUT_OF_TIME, CellStatus.DIED):
        return f"the test did not come to its end: {test.error}"
    return test.error.removeprefix("AssertionError: ").removesuffix(":") or "the test failed"
