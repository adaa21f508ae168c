"""Check results -> points: pure functions, nothing else decides a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.errors import GraderError
from autograder.records import CellRun, CellStatus, Check, CheckResult, Task, TaskReport

NOT_ATTEMPTED = "This task has not been attempted yet."
CENT = 1e-9


def disagreements(tasks: Sequence[Task], checks: Sequence[Check]) -> list[str]:
    """Where hidden checks and graded cells do not fit together: sums, checks without a cell, cells without a check."""
    found = []
    cells = {task.cell: task for task in tasks}
    for check in checks:
        if check.cell not in cells:
            found.append(f"{check.name}: there is no graded cell {check.cell}")
        elif cells[check.cell].manual:
            found.append(f"{check.name}: the cell {check.cell} is graded by a person")
        if not check.points > 0:
            found.append(f"{check.name}: a check needs points")
    for task in tasks:
        total = sum(check.points for check in checks if check.cell == task.cell)
        if not task.manual and total == 0:
            found.append(f"{task.grade_cell}: no hidden check belongs to the cell {task.cell}")
        elif not task.manual and abs(total - task.points) > CENT:
            found.append(f"{task.grade_cell}: the cell gives {task.points:g} points, its checks {total:g}")
    names = [check.name for check in checks]
    found += [f"{name}: two checks have this name" for name in sorted({name for name in names if names.count(name) > 1})]
    return found


def score(
    tasks: Sequence[Task], results: Sequence[CheckResult], runs: Mapping[str, CellRun], untouched: frozenset[str]
) -> tuple[TaskReport, ...]:
    """Points of every task: the sum over its passed checks. `runs` and `untouched` are by solution cell.

    Raises GraderError when a task that checks grade has no result: that is our fault and never a zero.
    """
    reports = []
    for task in tasks:
        mine = [each for each in results if each.check.cell == task.cell]
        run = runs.get(task.cell, CellRun(CellStatus.NOT_RUN))
        attempted = task.cell not in untouched
        if task.manual:
            reports.append(TaskReport(task, None if attempted else 0.0, run.status, attempted))
            continue
        if not mine:
            raise GraderError(f"{task.cell}: no check ran")
        if not attempted:
            mine = [each if each.passed else replace(each, message=NOT_ATTEMPTED, hint="") for each in mine]
        earned = sum(each.check.points for each in mine if each.passed)
        reports.append(
            TaskReport(task, min(earned, task.points), run.status, attempted, tuple(mine), run.error if attempted else "")
        )
    return tuple(reports)


def refused(tasks: Sequence[Task], checks: Sequence[Check], message: str, hint: str) -> tuple[TaskReport, ...]:
    """The verdict on a submission that cannot be read at all: every check failed for the same reason."""
    return tuple(
        TaskReport(
            task,
            0.0,
            CellStatus.NOT_RUN,
            False,
            tuple(CheckResult(check, False, message, hint) for check in checks if check.cell == task.cell),
        )
        for task in tasks
    )
