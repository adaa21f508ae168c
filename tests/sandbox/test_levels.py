"""The level is found by trying, and below the minimum nothing is graded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.sandbox import levels


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without bubblewrap."""
    isolation.why_no_namespaces.cache_clear()
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(isolation, "why_no_landlock", lambda: "Landlock's version here is 4")


@pytest.fixture(autouse=True)
def forget() -> object:
    yield
    isolation.why_no_namespaces.cache_clear()


def test_below_the_minimum_one_line_says_what_to_install(without: None) -> None:
    with pytest.raises(CourseError, match=r"install bubblewrap .*apt-get install bubblewrap.*--isolation none"):
        isolation.choose("namespaces")


def test_no_sandbox_is_taken_only_when_asked_for(without: None) -> None:
    assert isolation.choose("namespaces", "none") == "none" and levels.choose(Level.NONE) == "none"
    with pytest.raises(CourseError):
        isolation.choose("none", "namespaces")


def test_without_bubblewrap_landlock_is_taken_where_the_course_allows_it(monkeypatch: pytest.MonkeyPatch, without: None) -> None:
    monkeypatch.setattr(isolation, "why_no_landlock", lambda: "")
    assert isolation.choose("landlock") == "landlock" and levels.choose(Level.NONE) == "landlock"
    with pytest.raises(CourseError, match="install bubblewrap"):
        isolation.choose("namespaces")


def test_an_installed_package_is_left_out_of_what_may_be_read(tmp_path: Path) -> None:
    hidden = tmp_path / "lib" / "autograder"
    for folder in (hidden / "checks", tmp_path / "lib" / "numpy", tmp_path / "bin"):
        folder.mkdir(parents=True)
    assert isolation.leaving_out(tmp_path, hidden) == [tmp_path / "bin", tmp_path / "lib" / "numpy"]
    assert isolation.leaving_out(tmp_path / "bin", hidden) == [tmp_path / "bin"]


def test_unknown_levels_are_named() -> None:
    with pytest.raises(CourseError, match="there is no isolation level docker; there are: namespaces, landlock, none"):
        isolation.choose("none", "docker")
    with pytest.raises(CourseError, match="the course asks for the isolation level strong"):
        isolation.choose("strong")


def test_a_bubblewrap_that_may_not_do_its_work_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    isolation.why_no_namespaces.cache_clear()
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/bwrap")
    refused = subprocess.CompletedProcess([], 1, "", "bwrap: setting up uid map: Permission denied\n")
    monkeypatch.setattr("subprocess.run", lambda *args, **kwargs: refused)
    assert "setting up uid map: Permission denied" in isolation.why_no_namespaces()
