"""The people of a course, as a file that a person edits or a learning platform exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import roster
from autograder.course.roster import Person
from autograder.errors import CourseError
from tests.conftest import ROOT


def test_the_rosters_people_are_read_and_written_as_they_are(tmp_path: Path) -> None:
    people = roster.read(ROOT / "course_data" / "roster.csv")
    assert {person.role for person in people} == set(roster.ROLES)
    roster.write(tmp_path / "roster.csv", people)
    assert (tmp_path / "roster.csv").read_text() == (ROOT / "course_data" / "roster.csv").read_text()


def test_a_table_from_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(b"\xef\xbb\xbfName,Role,Email,Group\r\nann, student ,,\r\n\r\nbob,assistant\r\n")
    assert roster.read(file) == (Person("ann", "student"), Person("bob", "assistant"))


MARIE = Person("marie.curie", "student", "marie.curie@example.org", "A", "Marie Curie", "4711")
MOODLE = "First name,Last name,ID number,Email address,Groups\nMarie,Curie,4711,marie.curie@example.org,A\n"
MOODLE_IN_GERMAN = (
    '"Vorname";"Nachname";"ID-Nummer";"E-Mail-Adresse";"Gruppen"\n"Marie";"Curie";4711;marie.curie@example.org;A\n'
)
ILIAS = (
    "Login\tNachname\tVorname\tE-Mail\tMatrikelnummer\tGruppe\n"
    "marie.curie\tCurie\tMarie\tmarie.curie@example.org\t4711\tA\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Email\n"
    "    Points Possible,,,,,\n"
    '"Curie, Marie",99,4711,marie.curie@example.org,A,marie.curie@example.org\n'
)


@pytest.mark.parametrize("text", [MOODLE, MOODLE_IN_GERMAN, ILIAS], ids=["moodle", "moodle in german", "ilias"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_exports_of_learning_platforms_are_read_as_they_are(text: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(text.encode(encoding))
    assert roster.read(file) == (MARIE,)


def test_the_gradebook_of_canvas_is_read_but_for_its_line_of_points(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(CANVAS)
    people, wrong = roster.read_as_far_as_possible(file)
    assert [(person.name, person.full_name) for person in people] == [("marie.curie", "Marie Curie")]
    assert len(wrong) == 1 and ":2:" in wrong[0]


def test_all_that_is_wrong_is_told_at_once_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("name,role,email,group\nann,student,,\n../eve,student,,\nbob,boss,,\nann,student,,\ncy,,,\n")
    with pytest.raises(CourseError) as told:
        roster.read(file)
    said = str(told.value).splitlines()
    assert [":3:" in said[0], ":4:" in said[1], "ann comes twice" in said[2]] == [True] * 3
    assert [person.name for person in roster.read_as_far_as_possible(file)[0]] == ["ann", "cy"]


@pytest.mark.parametrize("content", ["", "points,remark\n3,good\n", "\0\0\0"])
def test_a_file_without_columns_of_people_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "roster.csv").write_text(content)
    with pytest.raises(CourseError, match="the first line has to name the columns: name,role,email,group"):
        roster.read(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("written", "plain", "spelled_out"),
    [
        ("Jürgen Groß", "jurgengross", "juergengross"),
        ("O'Neill-Núñez", "oneillnunez", "oneillnunez"),
        ("李 明", "李明", "李明"),
    ],
)
def test_names_are_compared_without_accents_and_signs(written: str, plain: str, spelled_out: str) -> None:
    assert (roster.plain(written), roster.spelled_out(written)) == (plain, spelled_out)


def test_somebody_is_added_once(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    roster.add(file, Person("ann", "student"))
    roster.add(file, Person("bob", "assistant"))
    assert [(person.name, person.role) for person in roster.read(file)] == [("ann", "student"), ("bob", "assistant")]
    for person in (Person("ann", "student"), Person("Ann Lee", "student"), Person("cy", "boss")):
        with pytest.raises(CourseError):
            roster.add(file, person)
