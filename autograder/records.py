"""Defines the frozen records that are passed between the packages; none of them does I/O."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

MAX_FILES = 10_000  # the most that a kernel may leave in its folders


class Level(StrEnum):
    """The isolation levels, strongest first; `autograder.sandbox.levels` has a module for each."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    NONE = "none"


class CellStatus(StrEnum):
    """What became of one code cell when it ran."""

    OK = "ok"
    ERROR = "error"
    OUT_OF_TIME = "out of time"
    DIED = "kernel died"
    NOT_RUN = "not run"


class Ending(StrEnum):
    """Why a kernel ended before the grader ended it."""

    EXITED = "exited"
    KILLED_BY_SIGNAL = "killed by a signal"
    OUT_OF_TIME = "out of time"
    OUT_OF_MEMORY = "out of memory"
    TOO_MANY_PROCESSES = "too many processes"
    TOO_MANY_FILES = "too many files"
    NOT_MEASURABLE = "not measurable"


@dataclass(frozen=True)
class KernelEnd:
    """How a kernel ended: `status` is its exit status, negative for a signal, or None when it is unknown."""

    ending: Ending
    status: int | None = None


@dataclass(frozen=True)
class CellRun:
    """The run of one code cell: `outputs` as in nbformat 4, for display only; `error` is the last traceback line.

    `cut`: there were more outputs than are kept.
    """

    status: CellStatus
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    seconds: float = 0.0
    end: KernelEnd | None = None
    cut: bool = False


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
        for limit in dataclasses.fields(self):
            if not getattr(self, limit.name) > 0:
                raise ValueError(f"{limit.name} must be positive")


@dataclass(frozen=True, eq=False)
class Dataset:
    """The arrays of a dataset, memory-mapped and read-only, and their `origin`; a dataset equals only itself."""

    name: str
    origin: str
    arrays: dict[str, np.ndarray[Any, Any]]

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self.arrays[name]


@dataclass(frozen=True)
class Check:
    """One hidden check as its author declared it; `notebook` is empty where the name of the cell is unique."""

    cell: str
    name: str
    title: str
    points: float
    notebook: str = ""


@dataclass(frozen=True)
class Remark:
    """A sentence for the student in addition to the verdict, with a picture (PNG) that the grader drew, or none."""

    text: str
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class CheckResult:
    """A check and its verdict: `message`, `hint` and `remarks` are for the student, `detail` and `flags` for staff.

    `code` is the code of the message where it is one of `autograder.messages`. A flag is something that the check could
    not judge, and that a person should look at. `judged` is False where the check itself failed, which is our fault.
    """

    check: Check
    passed: bool
    message: str = ""
    hint: str = ""
    detail: str = ""
    seconds: float = 0.0
    remarks: tuple[Remark, ...] = ()
    measured: tuple[tuple[str, float], ...] = ()
    flags: tuple[str, ...] = ()
    code: str = ""
    judged: bool = True


@dataclass(frozen=True)
class Task:
    """One graded part: a solution cell and the cell that carries its points (the same cell when a person grades it)."""

    cell: str
    grade_cell: str
    points: float
    title: str
    manual: bool = False
    notebook: str = ""


@dataclass(frozen=True)
class TaskReport:
    """A task with the results of its checks; `earned` is None while a person has to grade it.

    `open` says that the grader could not tell what the answer is, so that a person has to. `unusual` says what the code
    of the answer contains that the task does not need.
    """

    task: Task
    earned: float | None
    status: CellStatus
    attempted: bool
    checks: tuple[CheckResult, ...] = ()
    error: str = ""
    end: KernelEnd | None = None
    open: bool = False
    unusual: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.earned is not None and not (math.isfinite(self.earned) and 0 <= self.earned <= self.task.points):
            raise ValueError(f"{self.task.cell}: {self.earned} of {self.task.points} points")

    @property
    def flags(self) -> tuple[str, ...]:
        """What a person should look at: what checks could not judge, and unusual code in an answer with points."""
        return (*(flag for check in self.checks for flag in check.flags), *(self.unusual if self.earned else ()))


@dataclass(frozen=True)
class Unreadable:
    """Why a submitted file cannot be read: `message` and `hint` are for the student, `detail` is for staff."""

    message: str
    hint: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    `contents` are the bytes of its notebooks by name (without suffix), or None before they are read. A submission with
    contents can be graded on a machine without its folder. `notes` are sentences about its files by the name of a
    notebook; those about all of it have the name "".
    """

    student: str
    assignment: str
    folder: Path
    timestamp: str = ""
    contents: Mapping[str, bytes | Unreadable] | None = field(default=None, repr=False)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class NotebookReport:
    """One notebook of a graded submission.

    `tree` is the graded notebook, nbformat 4. `notes` are for the student, `staff_notes` for staff alone. `stopped`: a
    line for each of the assignment's own cells that raised an error.
    """

    name: str
    tasks: tuple[TaskReport, ...]
    tree: dict[str, Any] = field(repr=False)
    notes: tuple[str, ...] = ()
    staff_notes: tuple[str, ...] = ()
    seconds: tuple[tuple[str, float], ...] = ()
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True)
class GradeReport:
    """Everything that is known about one graded submission.

    `key` is a hash of what was graded (submission, version of the assignment, level); an equal key needs no second run.
    """

    student: str
    assignment: str
    key: str
    notebooks: tuple[NotebookReport, ...]
    timestamp: str = ""
    data: tuple[tuple[str, str], ...] = ()
    isolation: Level = Level.NONE

    @property
    def tasks(self) -> tuple[TaskReport, ...]:
        """The tasks of all notebooks, in order."""
        return tuple(task for notebook in self.notebooks for task in notebook.tasks)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the student about the notebooks."""
        return tuple(note for notebook in self.notebooks for note in notebook.notes)

    @property
    def staff_notes(self) -> tuple[str, ...]:
        """Notes for staff about the notebooks."""
        return tuple(note for notebook in self.notebooks for note in notebook.staff_notes)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by activity, summed over the notebooks."""
        total: dict[str, float] = {}
        for notebook in self.notebooks:
            for part, seconds in notebook.seconds:
                total[part] = total.get(part, 0.0) + seconds
        return total

    @property
    def earned(self) -> float:
        """Points that the student earned from hidden checks."""
        return sum(task.earned or 0.0 for task in self.tasks)

    @property
    def auto_points(self) -> float:
        """Points that hidden checks can give."""
        return sum(report.task.points for report in self.tasks if not report.task.manual)

    @property
    def manual_points(self) -> float:
        """Points that a person gives."""
        return sum(report.task.points for report in self.tasks if report.task.manual)

    @property
    def standin(self) -> bool:
        """Whether any dataset of this course was a stand-in when this was graded."""
        return any(origin == "stand-in" for _, origin in self.data)


@dataclass(frozen=True)
class Finding:
    """One property of this machine: whether it is `good`, what was `seen`, and a command to `mend` it."""

    name: str
    good: bool
    seen: str = ""
    mend: str = ""
