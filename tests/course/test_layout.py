"""Where things are in a course folder, and one clear line when something is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError


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
    with pytest.raises(CourseError, match=r"no assignment exercise_1_grayscal in .*did you mean exercise_1_grayscale\?"):
        repository.assignment("exercise_1_grayscal")


def test_folders_of_the_config_are_followed(tmp_path: Path) -> None:
    course = small_course(
        tmp_path, "c = get_config()\nc.CourseDirectory.submitted_directory = 'in'\nc.CourseDirectory.course_id = 'ml'\n"
    )
    assert course.submitted == tmp_path / "in" and course.id == "ml" and course.release == tmp_path / "release"


def test_limits_have_defaults_and_are_overridden_by_assignment(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    (tmp_path / "course_data").mkdir()
    (tmp_path / "course_data" / "assignments.toml").write_text(
        "[long]\ncell_seconds = 500\ndatasets = ['mnist']\n[bad]\ncell_second = 1\n[zero]\ncall_seconds = 0\n"
    )
    assert course.limits("long").cell_seconds == 500 and course.limits("other").cell_seconds == 60
    assert course.datasets("long") == ("mnist",)
    with pytest.raises(CourseError, match=r"\[bad\] has no setting cell_second; there are: .*cell_seconds"):
        course.limits("bad")
    with pytest.raises(CourseError, match=r"\[zero\]: call_seconds must be positive"):
        course.limits("zero")


def test_the_secret_is_made_once_and_belongs_to_its_owner(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    secret = course.secret()
    file = tmp_path / "course_data" / "secrets" / "seed"
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
    assert [each.name for each in (tmp_path / "course_data" / "secrets").iterdir()] == ["seed"]


def test_two_courses_have_different_secrets(tmp_path: Path) -> None:
    assert small_course(tmp_path / "a").secret() != small_course(tmp_path / "b").secret()


def test_submissions_come_with_their_timestamp_and_links_are_not_followed(course: Course, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("not for the grader's eyes")
    for student in ("zoe", "ann"):
        (course.submitted / student / "exercise_1_grayscale").mkdir(parents=True)
    (course.submitted / "ann" / "exercise_1_grayscale" / "timestamp.txt").write_text("2026-11-22 10:00:00 UTC\n")
    (course.submitted / "zoe" / "exercise_1_grayscale" / "timestamp.txt").symlink_to(tmp_path / "private")
    found = course.submissions("exercise_1_grayscale")
    assert [(each.student, each.timestamp) for each in found] == [("ann", "2026-11-22 10:00:00 UTC"), ("zoe", "")]
