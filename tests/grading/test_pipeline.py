"""One submission, from the file that was handed in to the report."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import wire
from autograder.course.answers import Answers, hand_in
from autograder.course.layout import Course
from autograder.course.notebooks import Notebook, visible
from autograder.errors import CourseError, DataError, GraderError
from autograder.grading import pipeline
from autograder.records import CellRun, CellStatus, Limits, Submission
from autograder.sandbox import isolation
from tests.conftest import EXERCISE, scratch_course

LEVEL = isolation.choose("none")


class Silent:
    """A kernel in which nothing is defined."""

    def run(self, code: str, seconds: float) -> CellRun:
        return CellRun(CellStatus.ERROR, error="NotImplementedError: ")

    def ask(self, question: bytes, seconds: float) -> bytes:
        name = wire.decode(question).get("name", "")
        return wire.encode({"error": "NameError", "text": f"there is no {name}", "lines": []})

    def usable(self) -> bool:
        return True

    def close(self) -> None:
        pass


def silent(limits: Limits) -> Silent:
    return Silent()


def submission(course: Course, content: bytes) -> Submission:
    file = course.submitted / "ann" / EXERCISE / f"{EXERCISE}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return Submission("ann", EXERCISE, file)


def test_an_empty_submission_gets_zero_and_a_kind_word_for_each_task(course: Course, notebook: Notebook) -> None:
    report = pipeline.grade(submission(course, hand_in(visible(notebook), Answers({}))), course, silent)
    assert report.earned == 0 and report.auto_points == 15 and report.manual_points == 3
    assert {check.message for task in report.tasks for check in task.checks} == {"This task has not been attempted yet."}
    assert all(not task.error for task in report.tasks)


@pytest.mark.parametrize("content", [b"", b"{ broken", b'{"nbformat": 3}'], ids=["empty", "broken", "old"])
def test_a_broken_notebook_is_a_verdict_and_starts_no_kernel(course: Course, content: bytes) -> None:
    report = pipeline.grade(submission(course, content), course, lambda limits: pytest.fail("a kernel was started"))
    assert report.earned == 0 and len([check for task in report.tasks for check in task.checks]) == 15
    assert report.notes and report.notebook["nbformat"] == 4


def test_a_folder_without_the_notebook_is_a_verdict(course: Course) -> None:
    report = pipeline.grade(
        Submission("ann", EXERCISE, course.submitted / "ann" / EXERCISE / f"{EXERCISE}.ipynb"), course, silent
    )
    assert report.earned == 0 and "no notebook exercise_1_grayscale.ipynb" in report.notes[0]


def test_a_kernel_that_does_not_start_is_our_fault(course: Course, notebook: Notebook) -> None:
    def broken(limits: Limits) -> Silent:
        raise GraderError("a kernel could not be started")

    with pytest.raises(GraderError):
        pipeline.grade(submission(course, hand_in(visible(notebook), Answers({}))), course, broken)


def test_missing_data_is_said_before_any_work(tmp_path: Path, notebook: Notebook) -> None:
    course = scratch_course(tmp_path / "course", None)
    with pytest.raises(DataError, match="autograder data fetch cifar10"):
        pipeline.grade(submission(course, hand_in(notebook, Answers({}))), course, silent)


def test_the_report_says_on_which_data_and_at_which_level(course: Course, notebook: Notebook) -> None:
    report = pipeline.grade(submission(course, hand_in(visible(notebook), Answers({}))), course, silent)
    assert report.data == (("cifar10", "stand-in"),) and report.standin and report.isolation == LEVEL


def test_the_key_changes_with_everything_that_can_change_a_grade(course: Course, notebook: Notebook) -> None:
    one = submission(course, hand_in(notebook, Answers({})))
    keys = [pipeline.key(one, course, LEVEL)]

    def changed() -> None:
        keys.append(pipeline.key(one, Course.open(course.root), LEVEL))

    assert pipeline.key(dataclasses.replace(one, timestamp="2026-11-22 10:00:00 UTC"), course, LEVEL) != keys[0]
    assert pipeline.key(one, course, "another level") != keys[0]
    one.notebook.write_bytes(hand_in(notebook, Answers({"to_gray": "pass"})))
    changed()
    settings = course.data / "assignments.toml"
    settings.write_text(settings.read_text().replace(f"[{EXERCISE}]", f"[{EXERCISE}]\ncell_seconds = 7"))
    changed()
    source = course.source_notebook(EXERCISE)
    source.write_text(source.read_text() + "\n")
    changed()
    assert len(set(keys)) == 4
    changed()
    assert keys[-1] == keys[-2]


def own_checks(course: Course, change: Callable[[str], str]) -> None:
    """Give the scratch course checks of its own, with a change."""
    folder = course.root / "autograder" / "checks" / EXERCISE
    shutil.copytree(course.checks(EXERCISE), folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "test_functions.py"
    file.write_text(change(file.read_text()))


def test_an_assignment_in_order_has_no_problems(repository: Course) -> None:
    assert pipeline.validate(repository, EXERCISE) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda text: text.replace('cell="normalize", points=2', 'cell="normalize", points=1'),
            "test_normalize: the cell gives 3 points, its checks 2",
        ),
        (lambda text: text.replace('cell="normalize"', 'cell="normalise"'), "there is no graded cell normalise"),
        (lambda text: text + "\nimport no_such_module\n", "no_such_module"),
    ],
    ids=["points", "cell", "import"],
)
def test_checks_that_do_not_fit_the_notebook_are_named(course: Course, change: Callable[[str], str], problem: str) -> None:
    own_checks(course, change)
    assert any(problem in each for each in pipeline.validate(course, EXERCISE))


def test_an_assignment_without_a_notebook_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match="no assignment nothing"):
        pipeline.validate(course, "nothing")
