"""Who gave points by hand, or wrote a comment: one line of JSON each, in course_data/reviews.jsonl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course.layout import Course
from autograder.recording.gradebook import Grades


def note_review(course: Course, entry: Mapping[str, object]) -> None:
    """Append one."""
    with open(_file(course), "a", encoding="utf-8") as out:
        out.write(json.dumps(dict(entry)) + "\n")


def with_names(made: Sequence[Mapping[str, str]], assignment: str, grades: Grades | None) -> Grades | None:
    """The grades with each comment of a person signed by who wrote it last, where one of the reviews `made` tells."""
    if grades is None:
        return None
    writers = {
        entry["cell"]: entry["who"]
        for entry in made
        if (entry["assignment"], entry["student"]) == (assignment, grades.student) and "manual_comment" in entry
    }
    cells = [
        replace(each, comment=f"{each.comment} ({writers[each.cell]})") if each.comment and each.cell in writers else each
        for each in grades.cells
    ]
    return replace(grades, cells=tuple(cells))


def reviews(course: Course) -> list[dict[str, str]]:
    """All of them, in the order in which they were made."""
    file = _file(course)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []


def _file(course: Course) -> Path:
    return course.data / "reviews.jsonl"
