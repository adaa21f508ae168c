"""Runs the cells of one notebook in order, and again in a fresh kernel without the culprit when one kills it."""

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


class Session:
    """One notebook in a kernel: `reach` runs it up to a cell, `ask` puts questions to it there."""

    def __init__(self, notebook: Notebook, start: Callable[[], Kernel], limits: Limits) -> None:
        self._cells = notebook.cells
        self._start = start
        self._limits = limits
        self._kernel: Kernel | None = None
        self._culprits: set[int] = set()
        self._late: dict[int, int] = {}  # calls out of time, by position
        self._position = 0  # cells before it have had their turn
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
        """Run every cell up to and including the one of this grade_id, and return what became of that one."""
        goal = next(index for index, cell in enumerate(self._cells) if cell.grade_id == grade_id)
        self._advance(goal + 1)
        return self.runs.get(goal, CellRun(CellStatus.NOT_RUN))

    def finish(self) -> None:
        """Run the cells that are left."""
        self._advance(len(self._cells))

    def ask(self, question: bytes) -> bytes:
        """Put a question to the kernel where it stands; raises a StudentFault when that cannot be answered in time."""
        if self._late.get(self._position, 0) >= MAX_LATE_CALLS:
            raise messages.CALLS_RAN_TOO_LONG.fault(OutOfTime)
        kernel = self._ready()
        begun = time.monotonic()
        try:
            return kernel.ask(question, self._time(self._limits.call_seconds))
        except OutOfTime:
            self._late[self._position] = self._late.get(self._position, 0) + 1
            raise
        finally:
            self.seconds["questions"] += time.monotonic() - begun

    def _advance(self, end: int) -> None:
        while self._position < end:
            index, self._position = self._position, self._position + 1
            if not self._runs(index):
                continue
            try:
                self.runs[index] = self._run(self._ready(until=index), index)
            except StudentFault as fault:  # the notebook's time is up, or its earlier cells cannot be brought back
                self.runs[index] = CellRun(CellStatus.NOT_RUN, error=fault.message)

    def _runs(self, index: int) -> bool:
        cell = self._cells[index]
        for_people = cell.for_people and not cell.solution  # a student's tag counts for nothing
        return cell.is_code and not cell.is_test and not for_people and bool(cell.source.strip())

    def _run(self, kernel: Kernel, index: int) -> CellRun:
        begun = time.monotonic()
        with contextlib.suppress(StudentFault):  # a bridge that the student broke shows when a check asks
            kernel.ask(FORGET, self._time(self._limits.call_seconds))
        result = kernel.run(self._cells[index].source, self._time(self._limits.cell_seconds))
        # what the instructor's own cells do is importing, and loading data
        self.seconds["cells" if self._cells[index].solution else "import"] += time.monotonic() - begun
        if result.status in (CellStatus.DIED, CellStatus.OUT_OF_TIME):
            self._culprits.add(index)
            self._drop()
        return result

    def _ready(self, until: int | None = None) -> Kernel:
        """A kernel in which every cell before this one has run, those that killed a kernel left out."""
        if self._kernel is not None and not self._kernel.usable():
            self._drop()
        while self._kernel is None:
            begun = time.monotonic()
            self._time(1.0)
            kernel = self._kernel = self._start()
            self.seconds["start"] += time.monotonic() - begun
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
        """Seconds for the next step: its own limit, or what is left for the notebook."""
        left = self._limits.notebook_seconds - sum(self.seconds.values())  # what our own checks take is not its fault
        if left <= 0:
            raise messages.NOTEBOOK_OUT_OF_TIME.filled(seconds=self._limits.notebook_seconds).fault(OutOfTime)
        return min(seconds, left)
