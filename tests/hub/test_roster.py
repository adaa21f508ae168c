"""The people of a course, as a file that a person edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.hub import roster
from tests.conftest import ROOT


def test_the_rosters_people_are_read_and_written_as_they_are(tmp_path: Path) -> None:
    people = roster.read(ROOT / "course_data" / "roster.csv")
    assert {person.role for person in people} == set(roster.ROLES)
    roster.write(tmp_path / "roster.csv", people)
    assert (tmp_path / "roster.csv").read_text() == (ROOT / "course_data" / "roster.csv").read_text()


def test_a_table_from_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(b"\xef\xbb\xbfName,Role,Email,Group\r\nann, student ,,\r\n\r\nbob,assistant\r\n")
    assert roster.read(file) == (roster.Person("ann", "student"), roster.Person("bob", "assistant"))


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("name,role,email,group\nann,student,,\n../eve,student,,\nbob,boss,,\nann,student,,\n")
    with pytest.raises(CourseError) as told:
        roster.read(file)
    said = str(told.value).splitlines()
    assert [":3:" in said[0], ":4:" in said[1], "ann comes twice" in said[2]] == [True] * 3


@pytest.mark.parametrize("content", ["", "name,role\nann,student\n"])
def test_another_first_line_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "roster.csv").write_text(content)
    with pytest.raises(CourseError, match="the first line has to be name,role,email,group"):
        roster.read(tmp_path / "roster.csv")


def test_somebody_is_added_once(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    roster.add(file, roster.Person("ann", "student"))
    roster.add(file, roster.Person("bob", "assistant"))
    assert [(person.name, person.role) for person in roster.read(file)] == [("ann", "student"), ("bob", "assistant")]
    for person in (roster.Person("ann", "student"), roster.Person("Ann Lee", "student"), roster.Person("cy", "boss")):
        with pytest.raises(CourseError):
            roster.add(file, person)
