"""A course folder of version 0.1 is moved once: secret, gradebook, trainings and grades are kept."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import signatures
from autograder.course.course import Course
from autograder.course.migration import key_of_version_0_1
from autograder.course.submissions import digest_of, loaded
from autograder.errors import CourseError
from autograder.recording.graded import is_current, notebook_files, report_file
from autograder.records import Level
from autograder.sandbox import levels
from autograder.teaching import classroom
from tests.conftest import EXERCISE, fix_secret

SECRET = bytes(range(32))


def lay_out_as_version_0_1(course: Course) -> Path:
    """Move everything of a course to where version 0.1 had it, and return its folder."""
    root, data = course.root, course.data
    for old, new in (("autograder/checks", "checks"), ("tests/answers", "answers")):
        (root / old).parent.mkdir(parents=True, exist_ok=True)
        (data / new).rename(root / old)
    for name in ("store", "secrets"):
        (data / "state" / name).rename(data / name)
    shutil.rmtree(data / "state")
    remembered = data / "memory" / EXERCISE / "ann" / ("a" * 64)
    remembered.mkdir(parents=True)
    (remembered / ("b" * 64)).write_bytes(b"weights")
    (data / "reviews.jsonl").write_text('{"who": "lise"}\n')
    (data / "refused.log").write_text("bob: refused\n")
    (data / "arrivals.jsonl").write_text("{}\n")
    (data / "arrivals.lock").write_text("")
    return root


@pytest.fixture
def old(released: Course) -> Path:
    """A released course in the layout of version 0.1."""
    fix_secret(released)
    return lay_out_as_version_0_1(released)


def test_everything_is_moved_once_and_nothing_is_lost(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        course = Course.open(old)
    assert "moved course_data/secrets to course_data/state/secrets" in caplog.text
    assert course.secret() == SECRET and course.assignment(EXERCISE).data == (
        ("cifar10", "stand-in"),
        ("cifar100", "stand-in"),
    )
    assert (course.state / "reviews.jsonl").read_text() == '{"who": "lise"}\n'
    assert (course.state / "refused.log").is_file() and (course.state / "arrivals.jsonl").is_file()
    assert sorted(path.name for path in old.iterdir() if path.is_dir()) == ["course_data", "release", "source"]
    inside = {path.name for path in course.data.iterdir()}
    assert inside.isdisjoint({"store", "secrets", "reports", "memory", "reviews.jsonl", "refused.log", "arrivals.lock"})
    caplog.clear()
    Course.open(old)
    assert caplog.text == ""


def test_random_numbers_of_remembered_trainings_begin_where_they_began(old: Path) -> None:
    course = Course.open(old)
    (folder,) = course.trainings.glob("*/*/*")
    key = signatures.key_of(course.seed_key(EXERCISE), folder.relative_to(course.trainings))
    assert signatures.verified(key, "b" * 64, (folder / ("b" * 64)).read_bytes()) == b"weights"
    began = int.from_bytes(hashlib.sha256(SECRET + f"\0{EXERCISE}\0ann".encode()).digest()[:4], "big")
    assert int((folder / "seed").read_text()) == began


def test_submissions_that_version_0_1_graded_are_not_graded_again(
    old: Path, submit: Callable[[Course, str, str], Path]
) -> None:
    course = Course.open(old)
    submit(course, "ann", "right/loops.py")
    assignment, level = course.assignment(EXERCISE), levels.choose(Level.NONE)
    one = course.submission(assignment, "ann")
    handed_in = digest_of((loaded(one, assignment).contents or {})[EXERCISE])
    places = (course.source / EXERCISE, course.checks / EXERCISE)
    known = key_of_version_0_1(*places, assignment.limits, assignment.data, (), level, handed_in, one.timestamp)
    report = report_file(course, one)
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({"key": known, "tasks": [], "isolation": level}))
    for file in notebook_files(course, assignment, one):
        file.parent.mkdir(parents=True)
        file.write_text("{}")
    assert is_current(course, assignment, one, level)
    assert classroom.grade_class(course, assignment).results == ()
    submit(course, "ann", "wrong/no_names.py")
    assert not is_current(course, assignment, one, level)


def test_a_move_that_was_interrupted_goes_on(old: Path) -> None:
    (old / "course_data" / "state").mkdir()
    (old / "course_data" / "secrets").rename(old / "course_data" / "state" / "secrets")
    course = Course.open(old)
    assert course.secret() == SECRET and course.store.is_dir()


def test_a_folder_that_cannot_be_moved_is_one_line(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        with pytest.raises(CourseError, match=r"has the layout of version 0\.1"):
            Course.open(old)
    assert Course.open(old).secret() == SECRET


def test_links_into_the_store_of_another_course_follow_it(old: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "course_data" / "store" / "stand-in").mkdir(parents=True)
    (other / "nbgrader_config.py").write_text("c = get_config()\n")
    (other / "course_data" / "store" / "stand-in" / "cifar10").symlink_to(
        old / "course_data" / "store" / "stand-in" / "cifar10"
    )
    Course.open(old)
    assert (Course.open(other).store / "stand-in" / "cifar10" / "dataset.json").is_file()
