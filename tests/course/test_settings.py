"""Settings have defaults, and what cannot be understood is named with the place and all the known names."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import settings
from autograder.course.copying import set_isolation
from autograder.course.settings import Answer, OnSubmission
from autograder.errors import CourseError
from autograder.records import Level, Limits


def read(folder: Path, text: str) -> settings.CourseSettings:
    file = folder / "assignments.toml"
    file.write_text(text)
    return settings.read(file)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    found = settings.read(tmp_path / "assignments.toml")
    assert found.isolation is Level.NAMESPACES and found.withhold == () and found.of("a").limits == Limits()


def test_limits_and_datasets_are_overridden_by_assignment(tmp_path: Path) -> None:
    found = read(tmp_path, "isolation = 'none'\n[long]\ncell_seconds = 500\ndatasets = ['mnist']\n")
    assert found.isolation is Level.NONE and found.of("long").datasets == ("mnist",)
    assert found.of("long").limits.cell_seconds == 500 and found.of("other").limits.cell_seconds == 60


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cell_second = 1", r"\[a\] has no setting cell_second; there are: call_seconds, cell_seconds"),
        ("call_seconds = 0", r"\[a\]: call_seconds must be positive"),
        ("call_seconds = 'x'", r"\[a\]: "),
        ("datasets = 'mnist'", r"\[a\] datasets has to be a list of names of datasets"),
        ("on_submission = { answer = 'maybe' }", r"\[a.on_submission\]: answer is one of off, visible, full"),
        ("on_submission = { attempts = 0 }", r"\[a.on_submission\]: "),
        ("on_submission = { wait_minutes = -1 }", r"\[a.on_submission\]: "),
        ("on_submission = { tries = 3 }", r"\[a.on_submission\]: "),
    ],
)
def test_a_mistake_in_one_assignment_leaves_the_others_unaffected(tmp_path: Path, text: str, problem: str) -> None:
    found = read(tmp_path, f"[a]\n{text}\n[b]\ncell_seconds = 3\n")
    assert found.of("b").problems == () and found.of("b").limits.cell_seconds == 3
    (line,) = found.of("a").problems
    with pytest.raises(CourseError, match=problem):
        raise CourseError(line)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("isolation = 'docker'", "asks for the isolation level docker; there are: namespaces, landlock, none"),
        ("isolaton = 'none'", "there is no setting isolaton; there are: isolation, withhold"),
        ("withhold = 3", "withhold has to be a list"),
        ("[a", "assignments.toml: "),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CourseError, match=problem) as refused:
        read(tmp_path, text)
    assert len(str(refused.value).splitlines()) == 1


def test_students_are_told_the_policy_in_a_sentence() -> None:
    told = "get your points and the whole feedback, at once"
    often = OnSubmission(Answer.FULL, attempts=2, wait_minutes=10)
    assert often.rule == f"When you hand in, you {told}: up to 2 times, 10 minutes or more apart."
    visible = "When you hand in, you are told which of the visible tests pass, at once: up to 3 times."
    assert OnSubmission(Answer.VISIBLE, 3, 0).rule == visible
    assert OnSubmission(Answer.FULL, 1).rule == f"The first time you hand in, you {told}."
    assert OnSubmission().rule == ""


@pytest.mark.parametrize(
    "text", ['# the course\nisolation = "landlock" # why\n[a]\n# b\n', "[a]\ncell_seconds = 3\n", ""]
)
def test_the_least_level_is_changed_and_everything_else_stays(tmp_path: Path, text: str) -> None:
    file = tmp_path / "assignments.toml"
    file.write_text(text)
    set_isolation(file, Level.NONE)
    assert settings.read(file).isolation is Level.NONE
    lines = [line for line in text.splitlines() if not line.startswith("isolation")]
    assert all(line in file.read_text().splitlines() for line in lines)
