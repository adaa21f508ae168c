"""Frozen records that pass between the rooms of this package; none of them does I/O."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class CellStatus(StrEnum):
    """What became of one code cell when it ran."""

    OK = "ok"
    ERROR = "error"
    OUT_OF_TIME = "out of time"
    DIED = "kernel died"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class CellRun:
    """One code cell, executed: outputs are nbformat-4 outputs, display only; `error` is the last traceback line."""

    status: CellStatus
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """Wall-clock seconds, bytes and counts that a submission may use."""

    cell_seconds: float = 60.0
    call_seconds: float = 20.0
    notebook_seconds: float = 300.0
    output_bytes: int = 4 * 2**20
    reply_bytes: int = 64 * 2**20
    memory_bytes: int = 6 * 2**30
    scratch_bytes: int = 512 * 2**20
    file_bytes: int = 512 * 2**20
    processes: int = 256

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            if not getattr(self, each.name) > 0:
                raise ValueError(f"{each.name} must be positive")


@dataclass(frozen=True)
class Check:
    """One hidden check as its author declared it."""

    cell: str
    name: str
    title: str
    points: float


@dataclass(frozen=True)
class Told:
    """What a check tells a student besides its verdict: a sentence, and a picture (PNG) that the grader drew, or none."""

    text: str
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class CheckResult:
    """A check and its verdict: `message`, `hint` and `told` are for the student, `detail` and `flags` for staff.

    A flag is what a check could not judge by itself and asks a person to look at.
    """

    check: Check
    passed: bool
    message: str = ""
    hint: str = ""
    detail: str = ""
    seconds: float = 0.0
    told: tuple[Told, ...] = ()
    measured: tuple[tuple[str, float], ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One graded part: a solution cell and the cell that carries its points (the same cell when a person grades it)."""

    cell: str
    grade_cell: str
    points: float
    title: str
    manual: bool = False


@dataclass(frozen=True)
class TaskReport:
    """A task with what the checks found; `earned` is None where a person grades."""

    task: Task
    earned: float | None
    status: CellStatus
    attempted: bool
    checks: tuple[CheckResult, ...] = ()
    error: str = ""

    def __post_init__(self) -> None:
        if self.earned is not None and not (math.isfinite(self.earned) and 0 <= self.earned <= self.task.points):
            raise ValueError(f"{self.task.cell}: {self.earned} of {self.task.points} points")

    @property
    def flags(self) -> tuple[str, ...]:
        """What a person is asked to look at."""
        return tuple(flag for check in self.checks for flag in check.flags)


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment: the folder and the file of the notebook in it."""

    student: str
    assignment: str
    notebook: Path
    timestamp: str = ""


@dataclass(frozen=True)
class GradeReport:
    """Everything that is known about one graded submission.

    `key` names what was graded (submission, course version, checks, data): equal keys need no second run.
    `notebook` is the graded notebook, nbformat 4. `notes` are for the student, `staff_notes` for staff alone.
    """

    student: str
    assignment: str
    key: str
    tasks: tuple[TaskReport, ...]
    notebook: dict[str, Any] = field(repr=False)
    timestamp: str = ""
    data: tuple[tuple[str, str], ...] = ()
    isolation: str = "none"
    notes: tuple[str, ...] = ()
    staff_notes: tuple[str, ...] = ()
    seconds: tuple[tuple[str, float], ...] = ()

    @property
    def earned(self) -> float:
        """Points from hidden checks."""
        return sum(each.earned or 0.0 for each in self.tasks)

    @property
    def auto_points(self) -> float:
        """Points that hidden checks can give."""
        return sum(each.task.points for each in self.tasks if not each.task.manual)

    @property
    def manual_points(self) -> float:
        """Points that a person gives."""
        return sum(each.task.points for each in self.tasks if each.task.manual)

    @property
    def standin(self) -> bool:
        """Whether any dataset of this course was a stand-in when this was graded."""
        return any(origin == "stand-in" for _, origin in self.data)
