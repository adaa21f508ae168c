"""Reads the people of a course: course_data/roster.csv, one person per line.

The columns are `name,role,email,group,full name,number`, of which the first is needed. The lists of participants that
Moodle, ILIAS and Canvas export are read as they are, with their names of the columns, with comma, semicolon or tab
between them, and in the encodings in which Excel saves them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from autograder.course.encodings import decoded
from autograder.errors import CourseError

INSTRUCTOR, ASSISTANT, STUDENT = "instructor", "assistant", "student"
ROSTER = "roster.csv"
ROLES = (INSTRUCTOR, ASSISTANT, STUDENT)
NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")  # the account names that Linux accepts
SEPARATORS = ",;\t"
ALWAYS = 4  # the first columns are always written, the others where somebody has a value

# What the columns are called: here, and in the exports of Moodle, ILIAS and Canvas, in English and German.
COLUMNS = {
    "name": "name|username|login|account|user id|sis login id|benutzername|anmeldename|kennung|nutzername",
    "role": "role|roles|rolle|rollen",
    "email": "email|e-mail|mail|email address|e-mail address|e-mail-adresse|emailadresse",
    "group": "group|groups|section|gruppe|gruppen",
    "full_name": "full name|student|student name|vollständiger name|name, vorname",
    "first_name": "first name|firstname|given name|vorname",
    "last_name": "last name|lastname|surname|family name|nachname|familienname",
    "number": "number|id number|matriculation number|sis user id|student id|id-nummer|matrikelnummer|id",
}


@dataclass(frozen=True)
class Person:
    """A person of the course; `name` is the name of the account, `number` the one that the university gave."""

    name: str
    role: str
    email: str = ""
    group: str = ""
    full_name: str = ""
    number: str = ""


HEADER = [column.name.replace("_", " ") for column in fields(Person)]


def read(file: Path) -> tuple[Person, ...]:
    """Return all people, in the order of the file.

    Raises CourseError when the file cannot be read or has faulty lines; it lists all of these with their line numbers.
    """
    people, wrong = read_as_far_as_possible(file)
    if wrong:
        raise CourseError("\n".join(wrong))
    return people


def read_as_far_as_possible(file: Path) -> tuple[tuple[Person, ...], list[str]]:
    """Return the people of all lines that are in order, and a line for each that is not, with its number.

    Raises CourseError when the file cannot be read at all.
    """
    rows = _rows(file)
    columns = _columns(rows[0]) if rows else {}
    if not {"name", "email"} & set(columns):
        raise CourseError(
            f"{file}:1: the first line has to name the columns: {','.join(HEADER)}; of these, name or email is needed"
        )
    people: list[Person] = []
    wrong: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {column: row[place].strip() for column, place in columns.items() if place < len(row)}
        if not any(cells.values()) or not any(row):
            continue
        person = _person(cells)
        problem = _problem(person, {other.name for other in people})
        if problem:
            wrong.append(f"{file}:{number}: {problem}")
        else:
            people.append(person)
    return tuple(people), wrong


def _problem(person: Person, taken: set[str]) -> str:
    """Return what is wrong with a person, or an empty string."""
    if not NAME.fullmatch(person.name):
        return f"{person.name or 'nothing'} is not a valid account name (a-z, 0-9, _ . -)"
    if person.role not in ROLES:
        return f"{person.name} has the role {person.role}; roles are {', '.join(ROLES)}"
    return f"{person.name} comes twice" if person.name in taken else ""


def _rows(file: Path) -> list[list[str]]:
    """Return the cells of a file, whatever its encoding and its separator."""
    try:
        text, _ = decoded(file.read_bytes())
        lines = text.splitlines()
        if lines and (separator := re.fullmatch(r"sep=(.)", lines[0].strip())):  # a line for Excel
            return list(csv.reader(lines[1:], delimiter=separator[1]))
        first = lines[0] if lines else ""
        separator_of_file = max(SEPARATORS, key=lambda character: first.count(character))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of_file))
    except (OSError, csv.Error) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Return the place of each known column."""
    known = {alias: column for column, aliases in COLUMNS.items() for alias in aliases.split("|")}
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = known.get(cell.strip().strip("\ufeff\"'").lower())
        if column and column not in found:
            found[column] = place
    return found


def _person(cells: dict[str, str]) -> Person:
    """Return the person of one line."""
    full_name = cells.get("full_name", "")
    if "," in full_name:  # Canvas: "Curie, Marie"
        full_name = " ".join(part.strip() for part in reversed(full_name.split(",", 1)))
    if not full_name:
        full_name = f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
    email = cells.get("email", "")
    name = (cells.get("name") or email).partition("@")[0].lower()
    return Person(
        name,
        cells.get("role", "").lower() or STUDENT,
        email,
        cells.get("group", ""),
        full_name,
        cells.get("number", ""),
    )


def plain(text: str) -> str:
    """Return a name in lower case, without accents, spaces and signs: as file names and exports write it."""
    letters = text.casefold().replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", letters)
    return "".join(character for character in decomposed if character.isalnum())


def spelled_out(text: str) -> str:
    """Return a name as `plain` does, but with ae, oe and ue for umlauts."""
    composed = unicodedata.normalize("NFC", text.casefold())
    return plain(composed.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))


def write(file: Path, people: Iterable[Person]) -> None:
    """Write all people to the file, in one step."""
    with open(file.with_suffix(".part"), "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        everybody = [astuple(person) for person in people]
        used = [column for column in range(len(HEADER)) if column < ALWAYS or any(row[column] for row in everybody)]
        lines.writerows([row[column] for column in used] for row in (HEADER, *everybody))
    file.with_suffix(".part").replace(file)


def add(file: Path, person: Person) -> None:
    """Add a person to the file; raises CourseError when the name is taken, or the name or role is not valid."""
    people = read(file) if file.is_file() else ()
    if person.name in {other.name for other in people}:
        raise CourseError(f"{person.name} is in {file} already")
    if not NAME.fullmatch(person.name):
        raise CourseError(f"{person.name} is not a valid account name (a-z, 0-9, _ . -)")
    if person.role not in ROLES:
        raise CourseError(f"there is no role {person.role}; roles are {', '.join(ROLES)}")
    write(file, (*people, person))
