"""One tree of errors; the branch says whose fault it was."""

from __future__ import annotations

DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def printable(text: str) -> str:
    """Text without control characters and marks that turn the direction of writing: it may come from a student's program."""
    return "".join(each for each in text if each in "\n\t" or (each.isprintable() and each not in DIRECTIONS))


class AutograderError(Exception):
    """Any error that this package raises on purpose."""


class CourseError(AutograderError):
    """The instructor's course on disk needs a change: one line that says what, where and what to do."""


class DataError(CourseError):
    """A dataset is missing, incomplete, or not what its publisher published."""


class GraderError(AutograderError):
    """Our own machinery failed; a submission graded when this happens stays ungraded."""


class StudentFault(AutograderError):
    """The student's program did something that is a verdict, never a crash of ours.

    `message` is written for the student, `hint` says what to try, `detail` is for staff alone.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = printable(message)
        self.hint = printable(hint)
        self.detail = printable(detail or message)


class CheckFailed(StudentFault):
    """A hidden check found a wrong answer."""


class KernelDied(StudentFault):
    """The student's program ended its own kernel (memory, `os._exit`, a crash in native code)."""


class OutOfTime(StudentFault):
    """The student's program used up the time that a cell, a call or the notebook has."""


class BadReply(StudentFault):
    """What came back from the student's kernel is not plain data within its limits."""


class BadSubmission(StudentFault):
    """What was handed in is not a notebook that can be read."""
