"""Queues the checks that students ask for: one for each student, a few at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

KEPT_SECONDS = 600.0  # how long a result can be asked for
MAX_WAITING = 500

Files = Mapping[str, bytes]  # contents by path


class State(StrEnum):
    """What a check is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass
class Check:
    """One check: whose it is and how far it is.

    `progress`, `result`: plain data for the student's page. `why`: the sentence for a check that failed.
    """

    student: str
    assignment: str
    files: Files = field(repr=False)
    ticket: str = field(default_factory=lambda: secrets.token_hex(16))
    state: State = State.WAITING
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    ended: float = 0.0

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (State.WAITING, State.RUNNING)


Run = Callable[[Check], Awaitable[dict[str, Any]]]


class CheckQueue:
    """All checks of a course, in the order in which they arrived; `jobs` of them run at the same time.

    `run` runs one check and returns its result; it updates the check's progress. It is cancelled when the student
    cancels, and what it raises is the reason why the check failed.
    """

    def __init__(self, run: Run, jobs: int) -> None:
        self._run = run
        self._free = asyncio.Semaphore(jobs)
        self._checks: dict[str, Check] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def add(self, student: str, assignment: str, files: Files) -> Check:
        """Queue a check and return it; an earlier one of the same student that is not done is cancelled.

        Raises OverflowError when too many are waiting.
        """
        self._forget()
        if sum(check.open for check in self._checks.values()) >= MAX_WAITING:
            raise OverflowError("too many checks are waiting; try again in a few minutes")
        for earlier in [check for check in self._checks.values() if check.student == student and check.open]:
            self.cancel(earlier)
        check = Check(student, assignment, files)
        self._checks[check.ticket] = check
        self._tasks[check.ticket] = asyncio.get_running_loop().create_task(self._work(check))
        return check

    def find(self, ticket: str, student: str) -> Check | None:
        """Return a check of this student; None when there is none with this ticket."""
        check = self._checks.get(ticket)
        return check if check and check.student == student else None

    def cancel(self, check: Check) -> None:
        """End a check that waits or runs."""
        if check.open:
            self._end(check, State.CANCELLED)
            self._tasks[check.ticket].cancel()

    def shown(self, check: Check) -> dict[str, Any]:
        """Return what the student's page shows of a check, as plain data."""
        waiting = [each.ticket for each in self._checks.values() if each.state is State.WAITING]
        shown: dict[str, Any] = {"ticket": check.ticket, "state": check.state.value}
        match check.state:
            case State.WAITING:
                return shown | {"place": waiting.index(check.ticket) + 1}
            case State.RUNNING:
                return shown | check.progress
            case State.DONE:
                return shown | check.result
            case State.FAILED:
                return shown | {"why": check.why}
            case State.CANCELLED:
                return shown

    async def close(self) -> None:
        """Cancel everything, and return when nothing runs any more."""
        for check in self._checks.values():
            self.cancel(check)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _work(self, check: Check) -> None:
        async with self._free:
            check.state = State.RUNNING
            try:
                check.result = await self._run(check)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                check.why = str(error) or type(error).__name__
                self._end(check, State.FAILED)
            else:
                self._end(check, State.DONE)

    def _end(self, check: Check, state: State) -> None:
        check.state, check.files, check.ended = state, {}, time.monotonic()

    def _forget(self) -> None:
        """Drop old results, so that the service does not grow."""
        now = time.monotonic()
        for ticket, check in list(self._checks.items()):
            if not check.open and now - check.ended > KEPT_SECONDS:
                del self._checks[ticket], self._tasks[ticket]
