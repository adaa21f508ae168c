"""A notebook runs in order, and goes on in a fresh kernel without the cell that killed the old one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder import wire
from autograder.course.notebooks import parse
from autograder.errors import KernelDied, OutOfTime
from autograder.grading.execution import Session
from autograder.records import CellRun, CellStatus, Limits
from tests.conftest import cell, notebook_bytes

NOTEBOOK = parse(
    notebook_bytes(
        cell("code", "setup", "setup", locked=True),
        cell("code", "a", "a", solution=True),
        cell("code", "test_a", "visible test", grade=True, points=1),
        cell("code", "b", "b", solution=True),
        cell("code", "test_b", "visible test", grade=True, points=1),
        cell("code", "c", "c", solution=True),
    ),
    "n",
)


class Machine:
    """Starts fake kernels; a cell whose text is in `deadly` ends the kernel it runs in."""

    def __init__(self, deadly: dict[str, CellStatus] | None = None, deadly_question: bool = False) -> None:
        self.deadly = deadly or {}
        self.deadly_question = deadly_question
        self.ran: list[list[str]] = []
        self.closed = 0

    def __call__(self) -> Machine.Kernel:
        self.ran.append([])
        return Machine.Kernel(self, self.ran[-1])

    class Kernel:
        def __init__(self, machine: Machine, ran: list[str]) -> None:
            self.machine, self.ran, self.alive = machine, ran, True

        def run(self, code: str, seconds: float) -> CellRun:
            self.ran.append(code)
            status = self.machine.deadly.get(code, CellStatus.OK)
            self.alive = status is CellStatus.OK
            return CellRun(status)

        def ask(self, question: bytes, seconds: float) -> bytes:
            if wire.decode(question)["ask"] == "call" and self.machine.deadly_question:
                self.alive = False
                raise KernelDied("gone")
            return wire.encode({"value": 1})

        def usable(self) -> bool:
            return self.alive

        def close(self) -> None:
            self.machine.closed += 1


CALL = wire.encode({"ask": "call"})


def test_cells_run_in_order_and_visible_tests_do_not() -> None:
    machine = Machine()
    with Session(NOTEBOOK, machine, Limits()) as session:
        assert session.reach("a").status is CellStatus.OK
        assert machine.ran == [["setup", "a"]]
        session.finish()
    assert machine.ran == [["setup", "a", "b", "c"]] and machine.closed == 1


def test_a_cell_for_people_does_not_run_but_a_students_tag_counts_for_nothing() -> None:
    widget, answer = cell("code", "widget", "widget", locked=True), cell("code", "a", "a", solution=True)
    for tagged in (widget, answer):
        tagged["metadata"]["tags"] = ["skip-execution"]
    machine = Machine()
    with Session(parse(notebook_bytes(widget, answer), "n"), machine, Limits()) as session:
        session.finish()
    assert machine.ran == [["a"]]


def test_a_cell_that_kills_the_kernel_is_left_out_of_the_replay() -> None:
    machine = Machine({"b": CellStatus.DIED})
    with Session(NOTEBOOK, machine, Limits()) as session:
        assert session.reach("b").status is CellStatus.DIED
        assert session.reach("c").status is CellStatus.OK
    assert machine.ran == [["setup", "a", "b"], ["setup", "a", "c"]] and machine.closed == 2


def test_a_cell_out_of_time_gets_a_fresh_kernel_after_it() -> None:
    machine = Machine({"a": CellStatus.OUT_OF_TIME})
    with Session(NOTEBOOK, machine, Limits()) as session:
        session.finish()
        assert [run.status for run in session.runs.values()] == [
            CellStatus.OK,
            CellStatus.OUT_OF_TIME,
            CellStatus.OK,
            CellStatus.OK,
        ]
    assert machine.ran == [["setup", "a"], ["setup", "b", "c"]]


def test_a_question_that_kills_the_kernel_fails_and_the_next_finds_the_cells_replayed() -> None:
    machine = Machine(deadly_question=True)
    with Session(NOTEBOOK, machine, Limits()) as session:
        session.reach("b")
        with pytest.raises(KernelDied):
            session.ask(CALL)
        machine.deadly_question = False
        assert wire.decode(session.ask(CALL)) == {"value": 1}
    assert machine.ran == [["setup", "a", "b"], ["setup", "a", "b"]]


def test_a_notebook_out_of_time_runs_no_further_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("autograder.grading.execution.time.monotonic", lambda: now[0])

    def run(self: Machine.Kernel, code: str, seconds: float) -> CellRun:
        now[0] += 60
        return CellRun(CellStatus.OK)

    monkeypatch.setattr(Machine.Kernel, "run", run)
    with Session(NOTEBOOK, Machine(), Limits(notebook_seconds=100)) as session:
        assert session.reach("a").status is CellStatus.OK
        assert session.reach("b").status is CellStatus.NOT_RUN
        assert "100 s" in session.reach("b").error
        with pytest.raises(OutOfTime, match="whole notebook"):
            session.ask(CALL)


def test_the_time_of_hidden_checks_is_not_charged_to_the_student(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("autograder.grading.execution.time.monotonic", lambda: now[0])
    with Session(NOTEBOOK, Machine(), Limits(notebook_seconds=100)) as session:
        session.reach("a")
        now[0] = 1000.0  # a check of ours computes
        assert session.reach("b").status is CellStatus.OK


def test_a_students_version_of_a_given_cell_does_not_change_the_random_numbers_of_later_cells() -> None:
    """What is asked before a cell saves the state of the random numbers, and forgetting it restores the state."""
    asked: list[str] = []

    class Recorded(Machine.Kernel):
        def run(self, code: str, seconds: float) -> CellRun:
            asked.append(code)
            return super().run(code, seconds)

        def ask(self, question: bytes, seconds: float) -> bytes:
            asked.append(str(wire.decode(question)["ask"]))
            return super().ask(question, seconds)

    edited = replace(NOTEBOOK.cells[0], grade_id="", source="edited", added=True, edited=True)
    notebook = replace(NOTEBOOK, cells=(NOTEBOOK.cells[0], edited, NOTEBOOK.cells[1]))
    with Session(notebook, lambda: Recorded(Machine(), []), Limits()) as session:
        session.finish()
    assert asked == ["forget", "setup", "forget", "hold", "edited", "forget", "a"]
