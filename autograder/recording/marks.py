"""Says what stands out about a submission: late, empty, guessed, open, or by somebody who is not in the roster."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from autograder.course import roster
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.recording.gradebook import Grades
from autograder.recording.graded import report_file
from autograder.records import Submission


class Mark(StrEnum):
    """What stands out about a submission, in the order in which it is shown."""

    OPEN = "needs a look: a person has to find an answer"
    GUESSED = "something was found in another place or repaired; its note says what"
    EMPTY = "no task has an answer"
    LATE = "late"
    STRANGER = "not in the roster"

    @property
    def letter(self) -> str:
        """The letter that stands for it in a table."""
        return {"OPEN": "?", "GUESSED": "g", "EMPTY": "e", "LATE": "l", "STRANGER": "n"}[self.name]


def of_submissions(
    course: Course, assignment: Assignment, submissions: Sequence[Submission], rows: Sequence[Grades | None]
) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of each student's graded submission, from the reports, the gradebook and the roster."""
    enrolled = names(course)
    marks = {}
    for submission, grades in zip(submissions, rows, strict=True):
        try:
            report: Any = json.loads(report_file(course, submission).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # it is not graded yet
            report = {}
        marks[submission.student] = of_report(submission.student, report, grades, enrolled)
    return marks


def names(course: Course) -> frozenset[str]:
    """Return the account names in the roster; an empty set, so that nobody is marked, where there is none."""
    try:
        people, _ = roster.read_as_far_as_possible(course.data / roster.ROSTER)
    except CourseError:
        return frozenset()
    return frozenset(person.name for person in people)


def of_report(
    student: str, report: Mapping[str, Any], grades: Grades | None, enrolled: Collection[str]
) -> tuple[Mark, ...]:
    """Return the marks of one submission. What a person has given points for is no longer open."""
    tasks = [task for notebook in report.get("notebooks", ()) for task in notebook["tasks"]]
    by_hand = {grade.cell for grade in grades.cells if grade.manual_score is not None} if grades else set()
    waiting = [task for task in tasks if task.get("open") and task["task"]["grade_cell"] not in by_hand]
    found = {
        Mark.OPEN: bool(waiting),
        Mark.GUESSED: any(notebook["notes"] for notebook in report.get("notebooks", ())),
        Mark.EMPTY: bool(tasks) and not any(task["attempted"] or task.get("open") for task in tasks),
        Mark.LATE: grades is not None and grades.late,
        Mark.STRANGER: bool(enrolled) and student not in enrolled,
    }
    return tuple(mark for mark in Mark if found[mark])
