"""The sinks: everything that wants to know of a graded submission implements one protocol, and one function records.

Another sink is a class with the method `write`; whoever grades hands it in beside the standard ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autograder.course.course import Course
from autograder.recording.feedback import FeedbackPages
from autograder.recording.gradebook import GradebookSink
from autograder.recording.graded import GradedNotebooks, Reports
from autograder.records import GradeReport


class Sink(Protocol):
    """Takes reports, one submission at a time, in the process that grades a class and never in a worker."""

    def write(self, report: GradeReport) -> None:
        """Write one report, all or nothing; raises CourseError when it cannot be written.

        Called once for each graded submission; a submission whose recording was interrupted is written again.
        """


def record(report: GradeReport, sinks: Sequence[Sink]) -> None:
    """Write one report to all sinks in their order: by `autograder grade`, nbgrader's commands and the hub alike."""
    for sink in sinks:
        sink.write(report)


def standard_sinks(course: Course, *, pages: bool = False, more: Sequence[Sink] = ()) -> tuple[Sink, ...]:
    """Return the sinks of a course: graded notebooks, gradebook, feedback pages if asked for, `more`, reports.

    Reports are last: their key says that everything else about a submission was written, so that whatever interrupts
    a run, the next one grades a submission again unless it is complete.
    """
    own: tuple[Sink, ...] = (GradedNotebooks(course), GradebookSink(course))
    return (*own, *((FeedbackPages(course),) if pages else ()), *more, Reports(course))
