"""Runs the cells of one notebook in order.

When a cell kills the kernel or runs out of time, the cells before it run again in a new kernel, without that cell.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType

from autograder import messages, wire
from autograder.course.notebooks import Notebook
from autograder.errors import OutOfTime, StudentFault
from autograder.grading.kernel import Kernel
from autograder.records import CellRun, CellStatus, Limits

MAX_LATE_CALLS = 2
FORGET = wire.encode({"ask": "forget"})
HOLD = wire.encode({"ask": "hold"})


class Session:
    """One notebook in a kernel: `reach` runs it up to a cell, `ask` then asks the kernel a question.

    `runs` holds what became of the cells, by position; `seconds` holds wall-clock seconds by activity.
    """

    def __init__(
        self,
        notebook: Notebook,
        start: Callable[[], Kernel],
        limits: Limits,
        begin: Callable[[int], None] = lambda position: None,
    ) -> None:
        self._cells = notebook.cells
        self._begin = begin  # called with the position of each cell before its turn
        self._start = start
        self._limits = limits
        self._kernel: Kernel | None = None
        self._culprits: set[int] = set()
        self._late: dict[int, int] = {}  # how many calls ran out of time, by position
        self._position = 0  # the next cell; all cells before it had their turn
        self.runs: dict[int, CellRun] = {}
        self.seconds = {"start": 0.0, "import": 0.0, "cells": 0.0, "questions": 0.0}
        self.restarts = 0

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def reach(self, grade_id: str) -> CellRun:
        """Run every cell up to and including the one with this grade_id, and return what became of it.

        The student's own cells directly after it run too: its visible test, which comes then, sees them as well.
        """
        goal = next(index for index, cell in enumerate(self._cells) if cell.grade_id == grade_id)
        end = goal + 1
        while end < len(self._cells) and self._cells[end].added:
            end += 1
        self._advance(end)
        return self.runs.get(goal, CellRun(CellStatus.NOT_RUN))

    def finish(self) -> None:
        """Run the remaining cells."""
        self._advance(len(self._cells))

    def ask(self, question: bytes) -> bytes:
        """Ask the kernel a question after the last cell that ran, and return the answer.

        Raises OutOfTime, KernelDied or BadReply, all of them StudentFaults, when there is no valid answer in time, and
        GraderError when no kernel can be started.
        """
        if self._late.get(self._position, 0) >= MAX_LATE_CALLS:
            raise messages.CALLS_RAN_TOO_LONG.fault(OutOfTime)
        kernel = self._ready()
        started_at = time.monotonic()
        try:
            return kernel.ask(question, self._time(self._limits.call_seconds))
        except OutOfTime:
            self._late[self._position] = self._late.get(self._position, 0) + 1
            raise
        finally:
            self.seconds["questions"] += time.monotonic() - started_at

    def _advance(self, end: int) -> None:
        while self._position < end:
            index, self._position = self._position, self._position + 1
            if not self._runs(index):
                continue
            self._begin(index)
            try:
                self.runs[index] = self._run(self._ready(until=index), index)
            except StudentFault as fault:  # the notebook's time is up, or its earlier cells could not run again
                self.runs[index] = CellRun(CellStatus.NOT_RUN, error=fault.message)

    def _runs(self, index: int) -> bool:
        cell = self._cells[index]
        for_people = cell.for_people and not cell.solution  # students' own tags are ignored
        return cell.is_code and not cell.is_test and not for_people and bool(cell.source.strip())

    def _run(self, kernel: Kernel, index: int) -> CellRun:
        started_at = time.monotonic()
        with contextlib.suppress(StudentFault):  # if the student broke the bridge, the next question fails
            kernel.ask(FORGET, self._time(self._limits.call_seconds))
            if self._cells[index].edited:  # the original has run: its random numbers are those that later cells see
                kernel.ask(HOLD, self._time(self._limits.call_seconds))
        result = kernel.run(self._cells[index].source, self._time(self._limits.cell_seconds))
        # cells that are no answers import libraries and load data
        self.seconds["cells" if self._cells[index].solution else "import"] += time.monotonic() - started_at
        if result.status in (CellStatus.DIED, CellStatus.OUT_OF_TIME):
            self._culprits.add(index)
            self._drop()
        return result

    def _ready(self, until: int | None = None) -> Kernel:
        """Return a kernel in which every cell before `until` has run, except those that killed a kernel."""
        if self._kernel is not None and not self._kernel.usable():
            self._drop()
        while self._kernel is None:
            started_at = time.monotonic()
            self._time(1.0)
            kernel = self._kernel = self._start()
            self.seconds["start"] += time.monotonic() - started_at
            self.restarts += 1
            for index in range(self._position if until is None else until):
                if self._runs(index) and index not in self._culprits and self._kernel is kernel:
                    self._run(kernel, index)
        return self._kernel

    def _drop(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def _time(self, seconds: float) -> float:
        """Return the seconds for the next step: its own limit, or what is left for the notebook if that is less.

        Raises OutOfTime when no time is left for the notebook.
        """
        left = self._limits.notebook_seconds - sum(self.seconds.values())  # the time of our own checks does not count
        if left <= 0:
            raise messages.NOTEBOOK_OUT_OF_TIME.filled(seconds=self._limits.notebook_seconds).fault(OutOfTime)
        return min(seconds, left)
