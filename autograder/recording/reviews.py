"""Records who gave points by hand or wrote a comment: one line of JSON each, in course_data/state/reviews.jsonl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.recording.gradebook import Grades

Review = Mapping[str, str]


def note_review(course: Course, entry: Mapping[str, object]) -> None:
    """Append a review to the file."""
    file = _file(course)
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "a", encoding="utf-8") as out:
        out.write(json.dumps(dict(entry)) + "\n")


def signed(reviews: Sequence[Review], assignment: Assignment, grades: Grades | None) -> Grades | None:
    """Return the grades with each comment signed by its last author, as far as the reviews name one."""
    if grades is None:
        return None
    authors = {
        (entry.get("notebook", assignment.notebooks[0].name), entry["cell"]): entry["who"]
        for entry in reviews
        if (entry["assignment"], entry["student"]) == (assignment.name, grades.student) and "manual_comment" in entry
    }
    cells = []
    for grade in grades.cells:
        author = authors.get((grade.notebook, grade.cell))
        cells.append(replace(grade, comment=f"{grade.comment} ({author})") if grade.comment and author else grade)
    return replace(grades, cells=tuple(cells))


def read_reviews(course: Course) -> list[Review]:
    """Return all reviews, oldest first."""
    file = _file(course)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []


def _file(course: Course) -> Path:
    return course.state / "reviews.jsonl"
