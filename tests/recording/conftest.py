"""Reports and gradebooks for the tests of the sinks, made without a kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from autograder.course.answers import Answers, hand_in
from autograder.course.assignment import Assignment
from autograder.course.notebooks import parse, rebuild, to_json
from autograder.grading.scoring import score
from autograder.records import CellRun, CellStatus, CheckResult, GradeReport, NotebookReport
from tests.conftest import EXERCISE

MakeReport = Callable[..., GradeReport]


@pytest.fixture
def make_report(exercise: Assignment) -> MakeReport:
    """Makes the report of a student whose named checks fail with a message."""
    notebook, tasks = exercise.only_notebook.notebook, exercise.tasks

    def make(
        student: str = "ann",
        failed: dict[str, tuple[str, str]] | None = None,
        answers: dict[str, str] | None = None,
        outputs: dict[str, list[dict[str, object]]] | None = None,
        **fields: object,
    ) -> GradeReport:
        failed = failed or {}
        handed_in = parse(hand_in(notebook, Answers({"reflect": "# My essay.", **(answers or {})})), notebook.name)
        rebuilt = rebuild(notebook, handed_in)
        results = [
            CheckResult(
                check,
                check.name not in failed,
                *failed.get(check.name, ("", "")),
                detail="staff only: 4711" if check.name in failed else "",
            )
            for check in exercise.checks.declared
        ]
        runs = {task.cell: CellRun(CellStatus.OK) for task in tasks}
        index = {cell.grade_id: at for at, cell in enumerate(rebuilt.notebook.cells)}
        tree = to_json(rebuilt.notebook, {index[name]: found for name, found in (outputs or {}).items()}, {})
        part = NotebookReport(
            notebook.name,
            score(tasks, results, runs, rebuilt.untouched),
            tree,
            notes=rebuilt.notes,
            staff_notes=(*rebuilt.staff_notes, "staff note <b>"),
        )
        own = {name: fields.pop(name) for name in ("notes",) if name in fields}
        report = GradeReport(
            student,
            EXERCISE,
            "key",
            (dataclasses.replace(part, **own),),
            data=(("cifar10", "stand-in"),),
            timestamp="2026-11-22 10:00:00 UTC",
        )
        return dataclasses.replace(report, **fields)

    return make
