"""Reads the calibrated thresholds of an assignment from course_data/thresholds.toml, for each kind of data its own."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path

from autograder.course.datasets import PUBLISHED, STANDIN
from autograder.errors import CourseError

FILE = "thresholds.toml"


def kind_of_data(origins: Collection[str]) -> str:
    """Return the kind of data that an assignment is graded on: `stand-in` if any of its datasets is one."""
    return STANDIN if STANDIN in origins else PUBLISHED


def read(file: Path, assignment: str, origins: Collection[str]) -> dict[str, float]:
    """Return the thresholds of an assignment by name, for data of these origins; {} when the file has none.

    Raises CourseError when the file cannot be understood.
    """
    try:
        tree = tomllib.loads(file.read_text()) if file.is_file() else {}
        part = tree.get(assignment, {}).get(kind_of_data(origins), {})
        return {name: float(entry["threshold"]) for name, entry in part.items() if name != "versions"}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
