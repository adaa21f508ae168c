"""Sinks are written in their order by one function, and anybody's sink is written beside the course's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import Notebook
from autograder.recording.sinks import record, standard_sinks
from autograder.records import GradeReport
from autograder.teaching import classroom
from tests.conftest import ANSWERS, EXERCISE, FakeKernel, FakeKernels, MakeReport, hand_in, read_answers


@dataclass
class Points:
    """A sink that remembers points by student."""

    course: Course
    seen: dict[str, float] = field(default_factory=dict)
    reports_before: list[bool] = field(default_factory=list)

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        self.seen[report.student] = sum(task.points for task in assignment.tasks if not task.manual)
        self.reports_before.append((self.course.reports / EXERCISE / f"{report.student}.json").exists())


def test_reports_are_written_last_so_that_what_is_incomplete_is_graded_again(
    released: Course, make_report: MakeReport
) -> None:
    own = Points(released)
    record(make_report("ann"), released.assignment(EXERCISE), standard_sinks(released, pages=True, more=[own]))
    assert own.seen == {"ann": 25} and own.reports_before == [False]
    assert (released.reports / EXERCISE / "ann.json").is_file()
    assert (released.feedback / "ann" / EXERCISE / f"{EXERCISE}.html").is_file()
    assert (released.autograded / "ann" / EXERCISE / f"{EXERCISE}.ipynb").is_file()


def test_a_class_is_graded_with_a_custom_sink_and_executor(
    released: Course, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ann", "bob"):
        folder = released.submitted / student / EXERCISE
        folder.mkdir(parents=True)
        content = hand_in(notebook, read_answers(ANSWERS / EXERCISE / "right" / "loops.py"))
        (folder / f"{EXERCISE}.ipynb").write_bytes(content)
    monkeypatch.setattr(classroom, "kernels_of", lambda *rest: FakeKernels(lambda: FakeKernel(1)))
    monkeypatch.setattr(classroom, "local_workers", lambda *rest: nullcontext(ThreadPoolExecutor(1)))
    own = Points(released)
    graded = classroom.grade_class(released, released.assignment(EXERCISE), sinks=[own])
    assert own.seen == {"ann": 25, "bob": 25} and [row.student for row in graded.grades] == ["ann", "bob"]
