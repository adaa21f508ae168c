"""One submission, from the file that was handed in to the report."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import tomlkit

from autograder import wire
from autograder.course.answers import Answers, hand_in
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, visible
from autograder.errors import CourseError, DataError, GraderError
from autograder.grading.pipeline import grade, key
from autograder.records import CellRun, CellStatus, Level, Submission
from tests.conftest import EXERCISE, FakeKernels, scratch_course

LEVEL = Level.NONE


class Silent:
    """A kernel in which nothing is defined."""

    def run(self, code: str, seconds: float) -> CellRun:
        return CellRun(CellStatus.ERROR, error="NotImplementedError: ")

    def ask(self, question: bytes, seconds: float) -> bytes:
        return wire.encode({"value": wire.Missing(wire.decode(question).get("name", ""))})

    def usable(self) -> bool:
        return True

    def close(self) -> None:
        pass


SILENT = FakeKernels(Silent)


def submission(folder: Path, content: bytes) -> Submission:
    folder = folder / "ann" / EXERCISE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{EXERCISE}.ipynb").write_bytes(content)
    return Submission("ann", EXERCISE, folder)


def empty(notebook: Notebook) -> bytes:
    return hand_in(visible(notebook), Answers({}))


def test_an_empty_submission_gets_zero_and_a_kind_word_for_each_task(
    exercise: Assignment, notebook: Notebook, tmp_path: Path
) -> None:
    report = grade(submission(tmp_path, empty(notebook)), exercise, SILENT)
    assert report.earned == 0 and report.auto_points == 25 and report.manual_points == 5
    checks = [check for task in report.tasks for check in task.checks]
    assert {(check.message, check.code) for check in checks} == {
        ("This task has not been attempted yet.", "task.not-attempted")
    }
    assert all(not task.error for task in report.tasks)


@pytest.mark.parametrize("content", [b"", b"{ broken", b'{"nbformat": 3}'], ids=["empty", "broken", "old"])
def test_a_broken_notebook_is_a_verdict_and_starts_no_kernel(
    exercise: Assignment, content: bytes, tmp_path: Path
) -> None:
    kernels = FakeKernels(lambda: pytest.fail("a kernel was started"))
    report = grade(submission(tmp_path, content), exercise, kernels)
    assert report.earned == 0 and len([check for task in report.tasks for check in task.checks]) == 24
    assert report.notes and report.notebooks[0].tree["nbformat"] == 4


def test_a_folder_without_the_notebook_is_a_verdict(exercise: Assignment, tmp_path: Path) -> None:
    report = grade(Submission("ann", EXERCISE, tmp_path / "ann" / EXERCISE), exercise, SILENT)
    assert report.earned == 0 and "no notebook exercise_1_grayscale.ipynb" in report.notes[0]


def test_a_kernel_that_does_not_start_is_our_fault(exercise: Assignment, notebook: Notebook, tmp_path: Path) -> None:
    def broken() -> Silent:
        raise GraderError("a kernel could not be started")

    with pytest.raises(GraderError):
        grade(submission(tmp_path, empty(notebook)), exercise, FakeKernels(broken))


def test_a_second_submission_at_the_same_time_in_one_process_is_refused_with_the_reason(
    exercise: Assignment, notebook: Notebook, tmp_path: Path
) -> None:
    refused: list[str] = []

    def at_the_same_time() -> Silent:
        def second() -> None:
            with pytest.raises(GraderError) as error:
                grade(submission(tmp_path / "other", empty(notebook)), exercise, SILENT)
            refused.append(str(error.value))

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        return Silent()

    assert grade(submission(tmp_path, empty(notebook)), exercise, FakeKernels(at_the_same_time)).earned == 0
    assert "pytest session, of which a process can have one at a time" in refused[0]


def test_missing_data_is_said_before_any_work(tmp_path: Path) -> None:
    course = scratch_course(tmp_path / "course", None, EXERCISE)
    with pytest.raises(DataError, match="autograder data fetch cifar10"):
        course.assignment(EXERCISE)


def test_the_report_says_on_which_data_and_at_which_level(
    exercise: Assignment, notebook: Notebook, tmp_path: Path
) -> None:
    report = grade(submission(tmp_path, empty(notebook)), exercise, SILENT)
    assert (
        report.data == (("cifar10", "stand-in"), ("cifar100", "stand-in"))
        and report.standin
        and report.isolation is LEVEL
    )


def test_the_key_changes_with_everything_that_can_change_a_grade_and_with_nothing_else(
    course: Course, notebook: Notebook
) -> None:
    def now(one: Submission, level: Level = LEVEL) -> str:
        return key(one, course.assignment(EXERCISE), level)

    one = submission(course.submitted, hand_in(notebook, Answers({})))
    first = now(one)
    assert now(dataclasses.replace(one, timestamp="2026-11-22 10:00:00 UTC")) != first
    assert now(one, Level.LANDLOCK) != first
    keys = [first]
    submission(course.submitted, hand_in(notebook, Answers({"to_gray": "pass"})))
    keys.append(now(one))
    settings = course.data / "assignments.toml"
    document = tomlkit.parse(settings.read_text())
    document[EXERCISE]["cell_seconds"] = 7  # type: ignore[index]
    settings.write_text(tomlkit.dumps(document))
    keys.append(now(one))
    source = course.source / EXERCISE / f"{EXERCISE}.ipynb"
    source.write_text(source.read_text() + "\n")
    keys.append(now(one))
    own_checks(course, lambda text: text + "\n# edited\n")
    keys.append(now(one))
    (course.source / EXERCISE / "table.csv").write_text("1,2\n")
    keys.append(now(one))
    assert len(set(keys)) == len(keys) == 6
    document[EXERCISE]["on_submission"] = {"answer": "full"}  # type: ignore[index]
    settings.write_text(tomlkit.dumps(document))
    assert now(one) == keys[-1]


def own_checks(course: Course, change: Callable[[str], str]) -> None:
    """Change a check of the scratch course."""
    file = course.checks / EXERCISE / "test_functions.py"
    file.write_text(change(file.read_text()))


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
def test_checks_that_do_not_fit_the_notebook_are_named(
    course: Course, change: Callable[[str], str], problem: str
) -> None:
    own_checks(course, change)
    with pytest.raises(CourseError) as refused:
        course.assignment(EXERCISE)
    assert problem in str(refused.value)


def test_an_assignment_without_a_notebook_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match="no assignment nothing"):
        course.assignment("nothing")
