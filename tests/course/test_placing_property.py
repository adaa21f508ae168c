"""Random edits of a solved notebook never lose an answer without a note, and hardly ever leave one open."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.matching import normal
from autograder.course.notebooks import Cell, Notebook, to_json, visible
from autograder.course.placing import Rebuilt, rebuild
from autograder.course.recovery import recover
from tests.course.test_placing import ANSWERS, INSTRUCTOR, solved

SEQUENCES = 2000
MOST_OPEN = 0.02
STUBS = {cell.grade_id: cell.source for cell in visible(INSTRUCTOR).cells if cell.solution}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
Cells = list[Cell]


def answers_in(cells: Cells) -> list[int]:
    """The positions of cells that hold an answer, by what they say."""
    return [position for position, cell in enumerate(cells) if cell.source in ANSWERS.values()]


def change_one(cells: Cells, where: int, change: Callable[[Cell], list[Cell]]) -> Cells:
    """Put other cells in the place of one that holds an answer."""
    held = answers_in(cells)
    if not held:
        return cells
    position = held[where % len(held)]
    return [*cells[:position], *change(cells[position]), *cells[position + 1 :]]


def split(cell: Cell) -> list[Cell]:
    """Halve a cell at a line; both halves keep the metadata, as in JupyterLab."""
    lines = cell.source.splitlines()
    if len(lines) < 2:
        return [cell]
    return [replace(cell, source="\n".join(part)) for part in (lines[:-1], lines[-1:])]


def moved(cells: Cells, where: int, to: int, left: str) -> Cells:
    """Cut an answer out of its cell and paste it into a new one."""
    held = answers_in(cells)
    if not held:
        return cells
    position = held[where % len(held)]
    old = cells[position]
    emptied = [*cells]
    emptied[position] = replace(old, source=left or STUBS.get(old.grade_id, ""))
    emptied.insert(to % (len(cells) + 1), Cell(old.kind, old.source, cell_id=f"new-{where}"))
    return emptied


def swapped(cells: Cells, one: int, other: int) -> Cells:
    """Exchange two cells."""
    cells = [*cells]
    one, other = one % len(cells), other % len(cells)
    cells[one], cells[other] = cells[other], cells[one]
    return cells


EDITS: dict[str, Callable[[Cells, int, int], Cells]] = {
    "drop all metadata": lambda cells, a, b: [Cell(c.kind, c.source, cell_id=c.cell_id) for c in cells],
    "drop metadata of one": lambda cells, a, b: change_one(
        cells, a, lambda c: [Cell(c.kind, c.source, cell_id=c.cell_id)]
    ),
    "drop ids": lambda cells, a, b: [replace(c, cell_id="") for c in cells],
    "make one again": lambda cells, a, b: change_one(cells, a, lambda c: [Cell(c.kind, c.source, cell_id=f"new-{a}")]),
    "copy": lambda cells, a, b: change_one(cells, a, lambda c: [c, replace(c, cell_id=f"copy-{b}")]),
    "stub beside it": lambda cells, a, b: change_one(
        cells, a, lambda c: [replace(c, source=STUBS.get(c.grade_id, c.source)), c]
    ),
    "split": lambda cells, a, b: change_one(cells, a, split),
    "move": lambda cells, a, b: moved(cells, a, b, ""),
    "swap": swapped,
    "add code": lambda cells, a, b: [*cells[: a % len(cells)], Cell("code", f"n{b} = {b}"), *cells[a % len(cells) :]],
    "add text": lambda cells, a, b: [*cells[: a % len(cells)], Cell("markdown", "A note."), *cells[a % len(cells) :]],
    "strip white space": lambda cells, a, b: [replace(c, source=c.source.rstrip() + "\n" * (b % 3)) for c in cells],
    "drop a given cell": lambda cells, a, b: [
        c for n, c in enumerate(cells) if n != a % len(cells) or c.source in ANSWERS.values() or c.solution
    ],
}


def handed_in(names: list[tuple[str, int, int]], encoding: str) -> tuple[Rebuilt, int]:
    """What runs after these edits, and how many notes the reading of the file left."""
    cells = solved()
    for name, one, other in names:
        cells = EDITS[name](cells, one, other)
    tree = to_json(Notebook("n", tuple(cells)), {}, {})
    recovered = recover(json.dumps(tree, ensure_ascii=False).encode(encoding), "n")
    return rebuild(INSTRUCTOR, recovered.notebook), len(recovered.notes)


def test_no_answer_is_lost_without_a_note() -> None:
    opened: list[bool] = []
    changed: list[bool] = []

    @settings(max_examples=SEQUENCES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 999), st.integers(0, 999)), min_size=1, max_size=3
        ),
        st.sampled_from(ENCODINGS),
    )
    def sequence(names: list[tuple[str, int, int]], encoding: str) -> None:
        rebuilt, _ = handed_in(names, encoding)
        for cell in rebuilt.notebook.cells:
            if cell.solution and normal(ANSWERS[cell.grade_id]) != normal(cell.source):
                known = rebuilt.guessed | rebuilt.opened | rebuilt.missing
                assert cell.grade_id in known and rebuilt.notes, (cell.grade_id, cell.source)
                lines = set(normal(ANSWERS[cell.grade_id]))
                assert cell.grade_id in rebuilt.opened or lines <= set(normal(cell.source)), cell.source
                changed.append(True)
        opened.append(bool(rebuilt.opened | rebuilt.untouched))

    sequence()
    print(f"{sum(opened)} of {len(opened)} sequences leave a task open; {len(changed)} answers were put together anew")
    assert len(opened) >= SEQUENCES and sum(opened) <= MOST_OPEN * len(opened)
