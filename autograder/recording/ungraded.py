"""Remembers the submissions that ended the grader's own processes, so that not every run meets them again.

Such a submission has no grade. It is left alone until it, the assignment or the isolation level changes, or until it is
graded by name or with `--force`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.recording.graded import as_text, write_atomically

FILE = "could_not_be_graded.json"


def read(course: Course, assignment: Assignment) -> dict[str, str]:
    """Return the keys of the submissions that could not be graded, by student; a damaged file counts as empty."""
    own = _read_all(course).get(assignment.name)
    return {student: key for student, key in own.items() if isinstance(key, str)} if isinstance(own, dict) else {}


def write(course: Course, assignment: Assignment, ended: dict[str, str], others: Iterable[str]) -> None:
    """Record the keys of submissions that ended their workers, by student, and forget the `others`, which were graded.

    Raises CourseError when the file cannot be written.
    """
    before, graded = read(course, assignment), set(others)
    after = {student: key for student, key in before.items() if student not in graded} | ended
    if after != before:
        write_atomically(course.state / FILE, as_text({**_read_all(course), assignment.name: after}))


def _read_all(course: Course) -> dict[str, Any]:
    try:
        tree = json.loads((course.state / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return tree if isinstance(tree, dict) else {}
