"""The level is found by trying, below the minimum nothing is graded, and what is no level is an error everywhere."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from autograder.errors import CourseError
from autograder.grading.kernels import SandboxKernels
from autograder.records import Level
from autograder.sandbox import doctor, launch, levels, warm
from autograder.sandbox.levels import landlock, namespaces


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without bubblewrap."""
    namespaces.why_not.cache_clear()
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(landlock, "why_not", lambda: "Landlock's version here is 4")


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    namespaces.why_not.cache_clear()


def test_below_the_minimum_one_line_says_what_to_install(without: None) -> None:
    with pytest.raises(CourseError, match=r"install bubblewrap .*apt-get install bubblewrap.*--isolation none"):
        levels.choose(Level.NAMESPACES)


def test_no_sandbox_is_taken_only_when_asked_for(without: None) -> None:
    assert levels.choose(Level.NAMESPACES, "none") is Level.NONE and levels.choose(Level.NONE) is Level.NONE
    with pytest.raises(CourseError):
        levels.choose(Level.NONE, "namespaces")


def test_without_bubblewrap_landlock_is_taken_where_the_course_allows_it(
    monkeypatch: pytest.MonkeyPatch, without: None
) -> None:
    monkeypatch.setattr(landlock, "why_not", lambda: "")
    assert levels.choose(Level.LANDLOCK) is Level.LANDLOCK and levels.choose(Level.NONE) is Level.LANDLOCK
    with pytest.raises(CourseError, match="install bubblewrap"):
        levels.choose(Level.NAMESPACES)


def test_an_installed_package_is_left_out_of_what_may_be_read(tmp_path: Path) -> None:
    hidden = tmp_path / "lib" / "autograder"
    for folder in (hidden / "inside", tmp_path / "lib" / "numpy", tmp_path / "bin"):
        folder.mkdir(parents=True)
    (tmp_path / "lib64").symlink_to("lib")
    (tmp_path / "way_in").symlink_to(hidden / "inside")
    assert landlock.leaving_out(tmp_path, [hidden, tmp_path / "elsewhere"]) == [
        tmp_path / "bin",
        tmp_path / "lib" / "numpy",
    ]
    assert landlock.leaving_out(tmp_path / "bin", [hidden]) == [tmp_path / "bin"]


TAKES_A_LEVEL: dict[str, Callable[[Any], object]] = {
    "levels.module": levels.module,
    "levels.why_not": levels.why_not,
    "levels.parse": levels.parse,
    "levels.choose": levels.choose,
    "levels.choose wanted": lambda level: levels.choose(Level.NONE, level),
    "warm.WarmSettings": lambda level: warm.WarmSettings.of(level, {}, 1),
    "warm.WarmProcess": lambda level: warm.WarmProcess(warm.WarmSettings(level, (), 1)),
    "warm.use": lambda level: warm.use(level, {}, 1),
    "launch.start": lambda level: launch.start({}, level),
    "doctor.examine": lambda level: list(doctor.examine(level)),
    "SandboxKernels": SandboxKernels,
}


@pytest.mark.parametrize("taker", TAKES_A_LEVEL)
@pytest.mark.parametrize("level", ["docker", "NAMESPACES", "namespaces "])
def test_what_is_no_level_raises_at_each_function_that_takes_one(taker: str, level: object) -> None:
    with pytest.raises(CourseError, match=r"there is no isolation level .*; there are: namespaces, landlock, none"):
        TAKES_A_LEVEL[taker](cast("Level", level))


def test_a_bubblewrap_that_may_not_do_its_work_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    namespaces.why_not.cache_clear()
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/bwrap")
    refused = subprocess.CompletedProcess([], 1, "", "bwrap: setting up uid map: Permission denied\n")
    monkeypatch.setattr("subprocess.run", lambda *args, **kwargs: refused)
    assert "setting up uid map: Permission denied" in namespaces.why_not()
