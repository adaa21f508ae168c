"""Reports and gradebooks for the tests of the sinks, made without a kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from autograder.checking.plugin import declared_checks
from autograder.course.answers import Answers, hand_in
from autograder.course.layout import Course
from autograder.course.notebooks import Notebook, parse, rebuild, tasks, to_json
from autograder.grading.scoring import score
from autograder.records import CellRun, CellStatus, CheckResult, GradeReport
from tests.conftest import EXERCISE

MakeReport = Callable[..., GradeReport]


@pytest.fixture
def make_report(notebook: Notebook, repository: Course) -> MakeReport:
    """Makes the report of a student whose named checks fail with a message."""
    checks = declared_checks(repository.checks(EXERCISE))

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
            for check in checks
        ]
        runs = {each.cell: CellRun(CellStatus.OK) for each in tasks(notebook)}
        index = {cell.grade_id: at for at, cell in enumerate(rebuilt.notebook.cells)}
        tree = to_json(rebuilt.notebook, {index[name]: found for name, found in (outputs or {}).items()}, {})
        report = GradeReport(
            student,
            EXERCISE,
            "key",
            score(tasks(notebook), results, runs, rebuilt.untouched),
            tree,
            data=(("cifar10", "stand-in"),),
            notes=rebuilt.notes,
            staff_notes=(*rebuilt.staff_notes, "staff note <b>"),
            timestamp="2026-11-22 10:00:00 UTC",
        )
        return dataclasses.replace(report, **fields)

    return make
