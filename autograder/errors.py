"""Defines all errors of this package; the base class tells whose fault an error is."""

from __future__ import annotations

import re

TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# control characters, invisible characters, changes of the direction of writing, halves of surrogate pairs
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
MAX_LINE = 2_000  # characters of a message: a class name of three megabytes must not stand in each report


def printable(text: str) -> str:
    """Return text without control characters and invisible characters.

    The text may come from a student's program, which could control a terminal or deceive a reader with them.
    """
    return INVISIBLE.sub("", TERMINAL.sub("", text))


def shortened(text: str, most: int = MAX_LINE) -> str:
    """Return printable text of at most about `most` characters; what is cut in the middle is said."""
    text = printable(text)
    if len(text) <= most:
        return text
    return f"{text[: most // 2]} [... {len(text) - most:,} characters ...] {text[-most // 2 :]}"


class AutograderError(Exception):
    """The base class of every error that this package raises on purpose."""


class CourseError(AutograderError):
    """The instructor's course needs a change; one line says what is wrong, where, and what to do."""


class DataError(CourseError):
    """A dataset is missing, incomplete, or not what its publisher published."""


class GraderError(AutograderError):
    """Our own machinery failed; the submission that was being graded stays ungraded."""


class WarmProcessEnded(GraderError):
    """The warm process has ended, and all kernels that it forked have ended with it."""


class WorkerEnded(GraderError):
    """A worker process ended while it graded a submission, and so did the next one."""


class StudentFault(AutograderError):
    """The student's program failed; this leads to a verdict and is no failure of the grader.

    `message` is for the student, `hint` tells the student what to try, and `detail` is for staff only. `code` is the
    code of the message where it is one of `autograder.messages`.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = shortened(message)
        self.hint = shortened(hint)
        self.detail = shortened(detail or message)


class CheckFailed(StudentFault):
    """A hidden check found a wrong answer."""


class KernelDied(StudentFault):
    """The student's program ended its own kernel (memory, `os._exit`, a crash in native code)."""


class OutOfTime(StudentFault):
    """The student's program used up the time that a cell, a call or the notebook has."""


class BadReply(StudentFault):
    """The reply of the student's kernel is not plain data within the limits."""


class BadUrl(StudentFault):
    """The URL contains no experiment of the TensorFlow Playground that can be run again."""


class BadSubmission(StudentFault):
    """The submitted file is not a notebook that can be read."""
