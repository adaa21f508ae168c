"""Where things are in a course folder, an assignment as a value, and one clear line when something is not there."""

from __future__ import annotations

import os
import pickle
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.teaching import classroom
from tests.conftest import EXERCISE, FakeKernel, FakeKernels


def small_course(root: Path, config: str = "c = get_config()\n") -> Course:
    root.mkdir(exist_ok=True)
    (root / "nbgrader_config.py").write_text(config)
    return Course.open(root)


def test_a_folder_without_a_config_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"has no nbgrader_config\.py"):
        Course.open(tmp_path)


def test_a_config_that_raises_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nbgrader_config\.py cannot be read: ZeroDivisionError"):
        small_course(tmp_path, "1 / 0\n")


def test_a_misspelt_assignment_gets_the_nearest_name(repository: Course) -> None:
    with pytest.raises(
        CourseError, match=r"no assignment exercise_1_grayscal in .*did you mean exercise_1_grayscale\?"
    ):
        repository.assignment("exercise_1_grayscal")


def test_folders_of_the_config_are_followed(tmp_path: Path) -> None:
    course = small_course(
        tmp_path, "c = get_config()\nc.CourseDirectory.submitted_directory = 'in'\nc.CourseDirectory.course_id = 'ml'\n"
    )
    assert course.submitted == tmp_path / "in" and course.id == "ml" and course.release == tmp_path / "release"


def test_the_secret_is_made_once_and_belongs_to_its_owner(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    secret = course.secret()
    file = tmp_path / "course_data" / "state" / "secrets" / "seed"
    assert len(secret) == 32 and course.secret() == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_workers_that_come_at_once_find_the_same_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = small_course(tmp_path)
    link = os.link

    def another_was_faster(made: str, file: Path) -> None:
        monkeypatch.setattr("os.link", link)
        assert not file.exists(), "a secret must not be there before it is whole"
        file.write_bytes(b"s" * 32)
        link(made, file)

    monkeypatch.setattr("os.link", another_was_faster)
    assert course.secret() == b"s" * 32
    assert [file.name for file in (tmp_path / "course_data" / "state" / "secrets").iterdir()] == ["seed"]


def test_two_courses_have_different_secrets(tmp_path: Path) -> None:
    assert small_course(tmp_path / "a").secret() != small_course(tmp_path / "b").secret()


def test_submissions_come_with_their_timestamp_and_links_are_not_followed(course: Course, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("not for the grader's eyes")
    for student in ("zoe", "ann"):
        (course.submitted / student / "exercise_1_grayscale").mkdir(parents=True)
    (course.submitted / "ann" / "exercise_1_grayscale" / "timestamp.txt").write_text("2026-11-22 10:00:00 UTC\n")
    (course.submitted / "zoe" / "exercise_1_grayscale" / "timestamp.txt").symlink_to(tmp_path / "private")
    found = course.submissions(course.assignment("exercise_1_grayscale"))
    assert [(submission.student, submission.timestamp) for submission in found] == [
        ("ann", "2026-11-22 10:00:00 UTC"),
        ("zoe", ""),
    ]


def test_an_assignment_is_read_once_and_again_when_a_file_changed(course: Course) -> None:
    first = course.assignment(EXERCISE)
    assert course.assignment(EXERCISE) is first and Course.open(course.root).assignment(EXERCISE) is first
    file = course.data / "assignments.toml"
    file.write_text(file.read_text().replace(f"[{EXERCISE}]", f"[{EXERCISE}]\ncell_seconds = 7"))
    second = course.assignment(EXERCISE)
    assert second is not first and second.limits.cell_seconds == 7 and second.version != first.version


def test_all_problems_of_an_assignment_are_listed_at_once(course: Course) -> None:
    settings = course.data / "assignments.toml"
    settings.write_text(settings.read_text().replace(f"[{EXERCISE}]", f"[{EXERCISE}]\ncell_second = 7"))
    source = course.source / EXERCISE / f"{EXERCISE}.ipynb"
    source.write_text(source.read_text().replace('"points": 4', '"points": 5'))
    checks = course.checks / EXERCISE / "test_functions.py"
    checks.write_text(checks.read_text().replace('cell="normalize"', 'cell="normalise"'))
    with pytest.raises(CourseError) as refused:
        course.assignment(EXERCISE)
    for problem in ("no setting cell_second", "the cell gives 5 points, its checks 4", "no graded cell normalise"):
        assert problem in str(refused.value)


def test_an_assignment_can_be_pickled_and_holds_no_secret(course: Course) -> None:
    assignment = course.assignment(EXERCISE)
    content = pickle.dumps(assignment)
    assert pickle.loads(content) == assignment and course.secret() not in content
    assert assignment.seed_key != course.assignment("tensor_drills").seed_key != course.secret()
    assert b"def test_weights" in content, "the text of the checks travels with it"


def test_settings_are_read_once_in_a_run_of_grade(
    released: Course, submit: Callable[[Course, str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ann", "bob", "cyd"):
        submit(released, student, "right/loops.py")
    opened: list[str] = []
    original = Path.read_text

    def read_text(path: Path, *args: Any, **kwargs: Any) -> str:
        opened.append(path.name)
        return original(path, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(classroom, "local_workers", lambda *rest: nullcontext(ThreadPoolExecutor(1)))
    monkeypatch.setattr(classroom, "kernels_of", lambda *rest: FakeKernels(lambda: FakeKernel(1)))
    classroom.grade_class(released, released.assignment(EXERCISE))
    assert opened.count("assignments.toml") == 1
    assert len(list(released.reports.rglob("*.json"))) == 3
