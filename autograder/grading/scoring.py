"""Computes points from the results of checks: pure functions, and no other code decides a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.errors import GraderError
from autograder.messages import NOT_ATTEMPTED
from autograder.records import CellRun, CellStatus, Check, CheckResult, Task, TaskReport, Unreadable


def score(
    tasks: Sequence[Task],
    results: Sequence[CheckResult],
    runs: Mapping[str, CellRun],
    untouched: frozenset[str],
    opened: frozenset[str] = frozenset(),
) -> tuple[TaskReport, ...]:
    """Return the report of every task; its points are the sum over its passed checks.

    `runs` gives the run of a solution cell by its name, `untouched` the names of solution cells without an answer,
    `opened` the names of those whose answer a person has to find: a task among them has no points yet, and neither has
    one with a check that could not judge its answer.
    Raises GraderError when no check ran for a task that checks grade: this is our fault and never zero points.
    """
    reports = []
    for task in tasks:
        task_results = [result for result in results if result.check.cell == task.cell]
        run = runs.get(task.cell, CellRun(CellStatus.NOT_RUN))
        attempted = task.cell not in untouched
        if task.manual:
            earned = 0.0 if task.cell in untouched - opened else None
            reports.append(TaskReport(task, earned, run.status, attempted, open=task.cell in opened))
            continue
        if not task_results:
            raise GraderError(f"{task.cell}: no check ran")
        if not attempted:
            task_results = [result if result.passed else _not_attempted(result) for result in task_results]
        by_checks = min(sum(result.check.points for result in task_results if result.passed), task.points)
        waits = task.cell in opened or (attempted and not all(result.judged for result in task_results))
        earned = None if waits and by_checks < task.points else by_checks
        error = run.error if attempted else ""
        reports.append(
            TaskReport(task, earned, run.status, attempted, tuple(task_results), error, run.end, open=earned is None)
        )
    return tuple(reports)


def _not_attempted(result: CheckResult) -> CheckResult:
    return replace(result, message=NOT_ATTEMPTED.text, hint=NOT_ATTEMPTED.hint, code=NOT_ATTEMPTED.code, judged=True)


def refused(tasks: Sequence[Task], checks: Sequence[Check], why: Unreadable) -> tuple[TaskReport, ...]:
    """Return the report on a notebook that cannot be read at all: no points yet, and a person is asked."""

    def failed(task: Task) -> tuple[CheckResult, ...]:
        return tuple(CheckResult(check, False, why.message, why.hint) for check in checks if check.cell == task.cell)

    return tuple(TaskReport(task, None, CellStatus.NOT_RUN, False, failed(task), open=True) for task in tasks)
