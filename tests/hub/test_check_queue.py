"""Checks wait in a queue: one for each student, in order, with a place that is told; each can be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from autograder.hub import check_queue
from autograder.hub.check_queue import Check, CheckQueue, State


class Machine:
    """Runs checks that end when the test says so."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.doors: dict[str, asyncio.Event] = {}

    async def __call__(self, check: Check) -> dict[str, Any]:
        self.running.append(check.student)
        door = self.doors.setdefault(check.student, asyncio.Event())
        try:
            await door.wait()
        finally:
            self.running.remove(check.student)
        if check.assignment == "broken":
            raise ValueError("a sentence")
        return {"results": [check.assignment]}

    def end(self, student: str) -> None:
        self.doors[student].set()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(test: Callable[[Machine, CheckQueue], Coroutine[Any, Any, None]], jobs: int = 1) -> None:
    async def inside() -> None:
        machine = Machine()
        queue = CheckQueue(machine, jobs)
        await test(machine, queue)
        await queue.close()
        assert machine.running == []

    asyncio.run(inside())


def test_checks_run_in_order_and_the_place_in_the_queue_is_told() -> None:
    async def test(machine: Machine, queue: CheckQueue) -> None:
        checks = [queue.add(name, "week_1", {}) for name in ("ada", "bob", "eve")]
        await settle()
        assert machine.running == ["ada"]
        assert [queue.shown(check).get("place") for check in checks] == [None, 1, 2]
        machine.end("ada")
        await settle()
        assert machine.running == ["bob"] and queue.shown(checks[2])["place"] == 1
        assert queue.shown(checks[0]) == {"ticket": checks[0].ticket, "state": "done", "results": ["week_1"]}

    run(test)


def test_a_student_has_one_check_and_a_new_one_takes_its_place() -> None:
    async def test(machine: Machine, queue: CheckQueue) -> None:
        old = queue.add("ada", "week_1", {"n.ipynb": b"x"})
        await settle()
        new = queue.add("ada", "week_2", {})
        await settle()
        assert queue.shown(old)["state"] == "cancelled" and old.files == {}
        assert machine.running == ["ada"] and new.state is State.RUNNING

    run(test, jobs=2)


def test_a_check_that_runs_can_be_cancelled_by_its_student_alone() -> None:
    async def test(machine: Machine, queue: CheckQueue) -> None:
        check = queue.add("ada", "week_1", {})
        await settle()
        assert queue.find(check.ticket, "bob") is None
        queue.cancel(check)
        await settle()
        assert machine.running == [] and check.state is State.CANCELLED

    run(test)


def test_a_check_that_fails_says_why_and_the_next_one_runs() -> None:
    async def test(machine: Machine, queue: CheckQueue) -> None:
        broken, other = queue.add("ada", "broken", {}), queue.add("bob", "week_1", {})
        await settle()
        machine.end("ada")
        await settle()
        assert queue.shown(broken)["why"] == "a sentence"
        assert other.state is State.RUNNING

    run(test)


def test_old_results_are_forgotten_and_a_full_queue_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(machine: Machine, queue: CheckQueue) -> None:
        done = queue.add("ada", "week_1", {})
        await settle()
        machine.end("ada")
        await settle()
        monkeypatch.setattr(check_queue, "KEPT_SECONDS", -1.0)
        queue.add("bob", "week_1", {})
        assert queue.find(done.ticket, "ada") is None
        monkeypatch.setattr(check_queue, "MAX_WAITING", 1)
        with pytest.raises(OverflowError, match="too many checks are waiting"):
            queue.add("eve", "week_1", {})

    run(test)
