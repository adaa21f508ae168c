"""Submissions go through any executor, also one whose workers cannot see the course; sinks of anybody's are written."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import Assignment
from autograder.course.notebooks import Notebook
from autograder.grading.scheduling import schedule
from autograder.records import GradeReport, Submission
from tests.conftest import ANSWERS, EXERCISE, FakeKernel, FakeKernels, hand_in, read_answers
from tests.hostile.class_of import ASSIGNMENT, FULL, HONEST, assemble


@pytest.fixture
def submissions(notebook: Notebook, tmp_path: Path) -> list[Submission]:
    """Three submissions of the same right answer."""
    content = hand_in(notebook, read_answers(ANSWERS / EXERCISE / "right" / "loops.py"))
    return [Submission(name, EXERCISE, tmp_path, contents={EXERCISE: content}) for name in ("ann", "bob", "cyd")]


def test_an_executor_of_threads_grades_one_submission_at_a_time(
    exercise: Assignment, submissions: list[Submission]
) -> None:
    with ThreadPoolExecutor(1) as executor:
        results = list(schedule(submissions, exercise, executor, FakeKernels(lambda: FakeKernel(1))))
    assert sorted(result.submission.student for result in results) == ["ann", "bob", "cyd"]
    assert all(result.report and result.report.auto_points == 25 for result in results)


class Refusing(Executor):
    """An executor that is closed."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise RuntimeError("cannot schedule new futures after shutdown")


def test_an_executor_that_refuses_leaves_its_submissions_ungraded_with_the_reason(
    exercise: Assignment, submissions: list[Submission]
) -> None:
    results = list(schedule(submissions, exercise, Refusing(), FakeKernels(lambda: FakeKernel(1))))
    assert [(result.report, result.error) for result in results] == [
        (None, "RuntimeError: cannot schedule new futures after shutdown")
    ] * 3


def test_no_more_submissions_are_read_than_are_in_flight(exercise: Assignment, submissions: list[Submission]) -> None:
    class Counting(Executor):
        def __init__(self) -> None:
            self.waiting: list[Future[Any]] = []

        def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.waiting.append(future)
            most.append(sum(not future.done() for future in self.waiting))
            if len(self.waiting) % 2 == 0:
                for one in self.waiting:
                    if not one.done():
                        one.set_exception(OSError("gone"))
            return future

    most: list[int] = []
    assert len(list(schedule(submissions * 2, exercise, Counting(), in_flight=2))) == 6
    assert max(most) == 2


ELSEWHERE = """\
import pickle, sys
from pathlib import Path
from autograder.grading.kernels import SandboxKernels
from autograder.grading.scheduling import grade_one
assert not Path(sys.argv[1]).exists()
submission, assignment, kernels = pickle.load(sys.stdin.buffer)
result = grade_one(submission, assignment, kernels)
sys.stdout.buffer.write(pickle.dumps(result))
"""


class Elsewhere(Executor):
    """Runs each submission in a fresh process, while the course's folder is not there."""

    def __init__(self, course: Path) -> None:
        self.course = course

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        hidden = self.course.rename(self.course.with_name("hidden"))
        try:
            command = [sys.executable, "-c", ELSEWHERE, str(self.course)]
            done = subprocess.run(command, input=pickle.dumps(args), capture_output=True, check=False, cwd="/")
        finally:
            hidden.rename(self.course)
        assert done.returncode == 0, done.stderr.decode()
        future: Future[Any] = Future()
        future.set_result(pickle.loads(done.stdout))
        return future


@pytest.mark.kernel
def test_workers_that_cannot_see_the_courses_folder_grade_as_well(tmp_path: Path) -> None:
    course = assemble(tmp_path / "course", [])
    assignment = course.assignment(ASSIGNMENT)
    assert course.secret() not in pickle.dumps(assignment)
    reports: dict[str, GradeReport] = {}
    for result in schedule(course.submissions(assignment)[:2], assignment, Elsewhere(course.root)):
        assert result.report, result.detail
        reports[result.submission.student] = result.report
    assert {student: report.earned for student, report in reports.items()} == dict.fromkeys(
        sorted(HONEST)[:2], sum(FULL.values())
    )
