"""Thresholds of an assignment, calibrated and not guessed: course_data/thresholds.toml, one part for each kind of data."""

from __future__ import annotations

import tomllib
from pathlib import Path

from autograder.course import datasets
from autograder.course.layout import Course
from autograder.errors import CourseError

FILE = "thresholds.toml"


def file_of(course: Course) -> Path:
    """Where the thresholds of a course are."""
    return course.data / FILE


def origin(course: Course, assignment: str) -> str:
    """The kind of data that an assignment is graded on: `stand-in` as soon as one of its datasets is one."""
    found = {datasets.origin_of(course.store, name) for name in course.datasets(assignment)}
    return datasets.STANDIN if datasets.STANDIN in found else datasets.PUBLISHED


def read(course: Course, assignment: str) -> dict[str, float]:
    """The thresholds of an assignment on the data at hand, by name; none when the file has none."""
    file = file_of(course)
    try:
        tree = tomllib.loads(file.read_text()) if file.is_file() else {}
        part = tree.get(assignment, {}).get(origin(course, assignment), {})
        return {name: float(entry["threshold"]) for name, entry in part.items() if name != "versions"}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
