"""The people of a course: course_data/roster.csv, a line each, with `name,role,email,group`."""

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
NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")  # what Linux takes as the name of an account


@dataclass(frozen=True)
class Person:
    """Somebody of the course; `name` is the name of the account."""

    name: str
    role: str
    email: str = ""
    group: str = ""


HEADER = [each.name for each in fields(Person)]


def read(file: Path) -> tuple[Person, ...]:
    """Everybody, in the order of the file; CourseError with the line for what cannot be understood, and all such lines at once."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
    if not rows or [each.strip().lower() for each in rows[0]] != HEADER:
        raise CourseError(f"{file}:1: the first line has to be {','.join(HEADER)}")
    people, wrong = [], []
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        cells = [each.strip() for each in row] + [""] * (len(HEADER) - len(row))
        person = Person(*cells[: len(HEADER)])
        if not NAME.fullmatch(person.name):
            wrong.append(f"{file}:{number}: {person.name or 'nothing'} is no name of an account (a-z, 0-9, _ . -)")
        elif person.role not in ROLES:
            wrong.append(f"{file}:{number}: {person.name} is {person.role or 'nothing'}; roles are {', '.join(ROLES)}")
        people.append(person)
    twice = [name for name, count in Counter(each.name for each in people).items() if count > 1]
    wrong += [f"{file}: {name} comes twice" for name in twice]
    if wrong:
        raise CourseError("\n".join(wrong))
    return tuple(people)


def write(file: Path, people: Iterable[Person]) -> None:
    """Write everybody."""
    with open(file.with_suffix(".part"), "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(HEADER)
        lines.writerows(astuple(each) for each in people)
    file.with_suffix(".part").replace(file)


def add(file: Path, person: Person) -> None:
    """Add somebody; CourseError when the name is taken or cannot be one."""
    people = read(file) if file.is_file() else ()
    if person.name in {each.name for each in people}:
        raise CourseError(f"{person.name} is in {file} already")
    if not NAME.fullmatch(person.name):
        raise CourseError(f"{person.name} is no name of an account (a-z, 0-9, _ . -)")
    if person.role not in ROLES:
        raise CourseError(f"there is no role {person.role}; roles are {', '.join(ROLES)}")
    write(file, (*people, person))
