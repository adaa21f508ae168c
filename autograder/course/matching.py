"""Finds out which cell of a submitted notebook is which cell of the assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course.notebooks import Cell

MAX_ADDED = 200  # cells; one student's ten thousand would take the time of everybody


@dataclass(frozen=True)
class Places:
    """A student's cells beside the cells of the assignment.

    `home`: for each of the student's cells, the position of the assignment's cell that it is, or None.
    `anchor`: for each of the student's cells, the position of the last assignment's cell at or before it, or -1.
    """

    template: Sequence[Cell]
    cells: Sequence[Cell]
    home: Sequence[int | None]
    anchor: Sequence[int]

    def copies(self, position: int) -> list[int]:
        """Return the student's cells that are this cell of the assignment."""
        return [number for number, home in enumerate(self.home) if home == position]

    def added(self, *, code: bool) -> list[int]:
        """Return the student's own cells that are not empty, code or text of any kind; at most the first MAX_ADDED."""
        return [
            number
            for number, cell in enumerate(self.cells)
            if self.home[number] is None and cell.is_code == code and cell.source.strip()
        ][:MAX_ADDED]


def match(template: Sequence[Cell], cells: Sequence[Cell]) -> Places:
    """Return which of the student's cells is which cell of the assignment: by grade_id, cell id, or equal text."""
    by_name = {cell.grade_id: position for position, cell in enumerate(template) if cell.grade_id}
    by_id = {cell.cell_id: position for position, cell in enumerate(template) if cell.cell_id}
    by_text: dict[tuple[str, ...], list[int]] = {}
    for position, cell in enumerate(template):
        by_text.setdefault(normal(cell.source), []).append(position)
    named = {by_name.get(cell.grade_id) for cell in cells} | {by_id.get(cell.cell_id) for cell in cells}
    home: list[int | None] = []
    anchor: list[int] = []
    last = -1
    for cell in cells:
        place = by_name.get(cell.grade_id) if cell.grade_id else None
        if place is None and cell.cell_id:
            place = by_id.get(cell.cell_id)
        if place is None and cell.source.strip():
            alike = [position for position in by_text.get(normal(cell.source), ()) if position not in named]
            place = next((position for position in alike if position > last), alike[0] if alike else None)
        last = last if place is None else place
        home.append(place)
        anchor.append(last)
    return Places(template, cells, home, anchor)


def same(left: str, right: str) -> bool:
    """Return whether two texts are equal but for white space at the ends of their lines and around them."""
    return normal(left) == normal(right)


def normal(text: str) -> tuple[str, ...]:
    """Return the lines of a text without white space at their ends, and without empty lines around them."""
    return tuple(line.rstrip() for line in text.strip().splitlines())
