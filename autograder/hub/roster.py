"""The people of a course: course_data/roster.csv, one person per line, with `name,role,email,group`."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from autograder.errors import CourseError

INSTRUCTOR, ASSISTANT, STUDENT = "instructor", "assistant", "student"
ROSTER = "roster.csv"
ROLES = (INSTRUCTOR, ASSISTANT, STUDENT)
NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")  # the account names that Linux accepts


@dataclass(frozen=True)
class Person:
    """A person of the course; `name` is the name of the account."""

    name: str
    role: str
    email: str = ""
    group: str = ""


HEADER = [column.name for column in fields(Person)]


def read(file: Path) -> tuple[Person, ...]:
    """Return all people, in the order of the file.

    Raises CourseError when the file cannot be read or has faulty lines; it lists all of these with their line numbers.
    """
    try:
        with open(file, encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
    if not rows or [cell.strip().lower() for cell in rows[0]] != HEADER:
        raise CourseError(f"{file}:1: the first line has to be {','.join(HEADER)}")
    people, wrong = [], []
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        cells = [cell.strip() for cell in row] + [""] * (len(HEADER) - len(row))
        person = Person(*cells[: len(HEADER)])
        if not NAME.fullmatch(person.name):
            wrong.append(f"{file}:{number}: {person.name or 'nothing'} is not a valid account name (a-z, 0-9, _ . -)")
        elif person.role not in ROLES:
            role = person.role or "nothing"
            wrong.append(f"{file}:{number}: {person.name} has the role {role}; roles are {', '.join(ROLES)}")
        people.append(person)
    duplicates = [name for name, count in Counter(person.name for person in people).items() if count > 1]
    wrong += [f"{file}: {name} comes twice" for name in duplicates]
    if wrong:
        raise CourseError("\n".join(wrong))
    return tuple(people)


def write(file: Path, people: Iterable[Person]) -> None:
    """Write all people to the file, in one step."""
    with open(file.with_suffix(".part"), "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(HEADER)
        lines.writerows(astuple(person) for person in people)
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
