"""Records a graded submission in all sinks: the gradebook, files for staff, and feedback pages.

A sink is a class with the method `write`. To add one, pass it to `standard_sinks` or `grade_class`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.recording.feedback import FeedbackPages
from autograder.recording.gradebook import GradebookSink
from autograder.recording.graded import GradedNotebooks, Reports
from autograder.records import GradeReport


class Sink(Protocol):
    """Writes reports, one submission at a time. It runs in the process that grades a class, never in a worker."""

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        """Write one report, all or nothing. Raises CourseError when it cannot be written.

        Called once for each graded submission, and again after an interruption.
        """


def record(report: GradeReport, assignment: Assignment, sinks: Sequence[Sink]) -> None:
    """Write one report to all sinks, in their order.

    Called by `autograder grade`, by nbgrader's commands and by the hub.
    """
    for sink in sinks:
        sink.write(report, assignment)


def standard_sinks(course: Course, *, pages: bool = False, more: Sequence[Sink] = ()) -> tuple[Sink, ...]:
    """Return the sinks of a course, in the order in which they are written.

    `pages`: also write the feedback pages.
    `more`: further sinks.

    The reports are written last, because the key in a report says that everything else was written. After an
    interruption, the next run therefore grades every incomplete submission again.
    """
    own: tuple[Sink, ...] = (GradedNotebooks(course), GradebookSink(course))
    return (*own, *((FeedbackPages(course),) if pages else ()), *more, Reports(course))
