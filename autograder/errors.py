"""One tree of errors; the branch says whose fault it was."""

from __future__ import annotations

import re

TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# control characters, invisible characters, changes of the direction of writing, halves of surrogate pairs
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


def printable(text: str) -> str:
    """Return text without control characters: it may come from a student's program, and commands a terminal or the eye."""
    return INVISIBLE.sub("", TERMINAL.sub("", text))


class AutograderError(Exception):
    """Any error that this package raises on purpose."""


class CourseError(AutograderError):
    """The instructor's course on disk needs a change: one line that says what, where and what to do."""


class DataError(CourseError):
    """A dataset is missing, incomplete, or not what its publisher published."""


class GraderError(AutograderError):
    """Our own machinery failed; a submission graded when this happens stays ungraded."""


class WarmProcessEnded(GraderError):
    """The process that kernels are forked from has ended, and its kernels with it."""


class StudentFault(AutograderError):
    """The student's program did something that is a verdict, never a crash of ours.

    `message` is written for the student, `hint` says what to try, `detail` is for staff alone; `code` names the message
    where it is one of `autograder.messages`.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code
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


class BadUrl(StudentFault):
    """A URL that holds no experiment of the TensorFlow Playground that can be re-run."""


class BadSubmission(StudentFault):
    """What was handed in is not a notebook that can be read."""
