"""Archives of Moodle, ILIAS and Canvas are collected, again and again, and nothing in them reaches beyond a hand-in."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.teaching import archives
from autograder.teaching.archives import Became, Known, collect
from tests.conftest import EXERCISE, scratch_course

FILE = f"{EXERCISE}.ipynb"
ROSTER = """name,role,email,group,full name,number
mcurie,student,marie.curie@example.org,,Marie Curie,4711
jgross,student,juergen@example.org,,Jürgen Groß,4712
eve,student,eve@example.org,,Eve van der Berg,4713
twin1,student,t1@example.org,,Kim Lee,4714
twin2,student,t2@example.org,,Kim Lee,4715
"""
# for each platform, a folder or file of each person, as its documentation and its source describe it
MOODLE_FOLDERS = {
    "mcurie": "Marie Curie_330101_assignsubmission_file_/{}",
    "jgross": "Jürgen Groß_330102_assignsubmission_file/{}",
    "eve": "Eve van der Berg_330103_assignsubmission_file_/{}",
}
MOODLE_FLAT = {
    "mcurie": "Marie Curie_330101_assignsubmission_file_{}",
    "jgross": "Jürgen Groß_330102_assignsubmission_file_{}",
}
ILIAS = {
    "mcurie": "Week 1/Abgaben/Curie_Marie_mcurie_512/{}",
    "jgross": "Week 1/Abgaben/Gross_Juergen_jgross_513/{}",
    "eve": "Week 1/Abgaben/van der Berg_Eve_eve_514/20261120101500_{}",
}
CANVAS = {
    "mcurie": "curiemarie_90210_55501_{}",
    "jgross": "grossjurgen_LATE_90211_55502_{}",
    "eve": "bergevevander_90212_55503_{}",
}
BY_NAME = {"mcurie": "mcurie/{}", "jgross": "juergen@example.org/{}", "eve": "4713_{}"}
LAYOUTS = {"moodle": MOODLE_FOLDERS, "moodle flat": MOODLE_FLAT, "ilias": ILIAS, "canvas": CANVAS, "names": BY_NAME}


@pytest.fixture
def course(tmp_path: Path, standin_store: Path) -> Course:
    course = scratch_course(tmp_path / "course", standin_store, EXERCISE)
    (course.data / "roster.csv").write_text(ROSTER)
    return course


def packed(file: Path, contents: dict[str, bytes | str], when: tuple[int, ...] = (2026, 11, 20, 10, 0, 0)) -> Path:
    """A zip archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in contents.items():
            out.writestr(zipfile.ZipInfo(name, when), content)  # type: ignore[arg-type]
    return file


def here(course: Course) -> dict[str, bytes]:
    """All files that were handed in, but for the times."""
    return {
        str(file.relative_to(course.submitted)): file.read_bytes()
        for file in sorted(course.submitted.rglob("*"))
        if file.is_file() and file.name != "timestamp.txt"
    }


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_of_each_platform_is_collected_and_the_second_time_nothing_changes(
    name: str, course: Course, tmp_path: Path
) -> None:
    layout = LAYOUTS[name]
    contents = {path.format(FILE): f"work of {who}" for who, path in layout.items()}
    file = packed(tmp_path / "all.zip", {**contents, "Grades-WK1.csv": "a,b", "__MACOSX/x": ""})
    assignment = course.assignment(EXERCISE)
    first = collect(course, assignment, file)
    assert first.people == dict.fromkeys(sorted(layout), Became.NEW)
    assert {path.split("/")[0] for path in here(course)} == set(layout)
    assert sorted(here(course).values()) == sorted(f"work of {who}".encode() for who in layout)
    before, times = here(course), [each.timestamp for each in course.submissions(assignment)]
    assert collect(course, assignment, file).people == dict.fromkeys(sorted(layout), Became.UNCHANGED)
    assert (here(course), [each.timestamp for each in course.submissions(assignment)]) == (before, times)
    assert all(time.startswith("2026-11-2") for time in times)


def test_a_notebook_below_folders_or_in_a_zip_of_its_own_stays_as_it_was_handed_in(
    course: Course, tmp_path: Path
) -> None:
    inner = packed(tmp_path / "inner.zip", {FILE: "x"}).read_bytes()
    folder = "Marie Curie_1_assignsubmission_file_"
    file = packed(tmp_path / "all.zip", {f"{folder}/work/{FILE}": "a", f"{folder}/more.zip": inner})
    collect(course, course.assignment(EXERCISE), file)
    assert set(here(course)) == {f"mcurie/{EXERCISE}/work/{FILE}", f"mcurie/{EXERCISE}/more.zip"}


def test_who_cannot_be_found_is_named_and_two_people_of_one_name_are_not_guessed(
    course: Course, tmp_path: Path
) -> None:
    contents = {
        f"Marie Curie_1_assignsubmission_file_/{FILE}": "a",
        f"Kim Lee_2_assignsubmission_file_/{FILE}": "b",
        f"Nobody Known_3_assignsubmission_file_/{FILE}": "c",
    }
    collected = collect(course, course.assignment(EXERCISE), packed(tmp_path / "all.zip", contents))
    assert list(collected.people) == ["mcurie"]
    assert collected.unknown == ("Kim Lee_2_assignsubmission_file_", "Nobody Known_3_assignsubmission_file_")


def test_a_newer_archive_replaces_and_an_older_one_does_not(course: Course, tmp_path: Path) -> None:
    assignment, name = course.assignment(EXERCISE), MOODLE_FOLDERS["mcurie"].format(FILE)
    became = []
    for content, day in (("first", 20), ("second", 21), ("old", 19)):
        file = packed(tmp_path / "all.zip", {name: content}, (2026, 11, day, 10, 0, 0))
        became.append(collect(course, assignment, file).people["mcurie"])
    assert became == [Became.NEW, Became.REPLACED, Became.NEWER_HERE]
    assert list(here(course).values()) == [b"second"]


def test_nothing_in_an_archive_reaches_beyond_the_hand_in(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 10**6)
    file = tmp_path / "all.zip"
    link = zipfile.ZipInfo("mcurie/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(f"mcurie/{FILE}", "fine")
        out.writestr("mcurie/../../../escaped.ipynb", "x")
        out.writestr("mcurie/..\\..\\escaped.ipynb", "x")
        out.writestr("/mcurie/absolute.ipynb", "x")
        out.writestr("mcurie/sitecustomize.py", "x")
        out.writestr("mcurie/page.html", "x")
        out.writestr(link, "/etc/passwd")
        out.writestr(f"eve/{FILE}", b"0" * 10**7)  # a thousand times smaller in the archive
        out.writestr(f"jgross/{FILE}", "fine")
    collected = collect(course, course.assignment(EXERCISE), file)
    assert collected.people == {"eve": Became.TOO_LARGE, "jgross": Became.NEW, "mcurie": Became.NEW}
    assert set(here(course)) == {
        f"mcurie/{EXERCISE}/{FILE}",
        f"mcurie/{EXERCISE}/absolute.ipynb",
        f"jgross/{EXERCISE}/{FILE}",
    }
    assert not list(tmp_path.rglob("escaped*")) and not list(course.submitted.rglob(".collect-*"))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_what_is_no_archive_is_one_line(content: bytes, course: Course, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(content)
    with pytest.raises(CourseError, match="cannot be read as a zip archive"):
        collect(course, course.assignment(EXERCISE), tmp_path / "all.zip")
    with pytest.raises(CourseError):
        collect(course, course.assignment(EXERCISE), tmp_path / "missing.zip")


def test_an_odd_line_of_the_roster_keeps_nobody_else_away(course: Course, tmp_path: Path) -> None:
    (course.data / "roster.csv").write_text(ROSTER + "Not A Name,student,,,,\n")
    file = packed(tmp_path / "all.zip", {MOODLE_FOLDERS["mcurie"].format(FILE): "a"})
    collected = collect(course, course.assignment(EXERCISE), file)
    assert (
        list(collected.people) == ["mcurie"]
        and "not a name is not a valid account name" in collected.roster_problems[0]
    )


@pytest.mark.parametrize("label", ["", "_", "a" * 300, "...", "_1_2_3", "x_1_assignsubmission_file_"])
def test_any_name_is_somebody_or_nobody(label: str) -> None:
    assert Known(()).owner(label)[0] is None
