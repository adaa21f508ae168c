"""Thresholds of an assignment, calibrated and not guessed: course_data/thresholds.toml, one part for each kind of data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path

from autograder.course.datasets import PUBLISHED, STANDIN
from autograder.errors import CourseError

FILE = "thresholds.toml"


def kind_of_data(origins: Collection[str]) -> str:
    """Return the kind of data that an assignment is graded on: `stand-in` as soon as one of its datasets is one."""
    return STANDIN if STANDIN in origins else PUBLISHED


def read(file: Path, assignment: str, origins: Collection[str]) -> dict[str, float]:
    """Return the thresholds of an assignment on data of these origins, by name; none when the file has none.

    Raises CourseError when the file cannot be understood.
    """
    try:
        tree = tomllib.loads(file.read_text()) if file.is_file() else {}
        part = tree.get(assignment, {}).get(kind_of_data(origins), {})
        return {name: float(entry["threshold"]) for name, entry in part.items() if name != "versions"}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
