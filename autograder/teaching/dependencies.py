"""Finds which tasks of a notebook an answer can change: those that use its names, in cells or in checks."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autograder import wire
from autograder.course.notebooks import Cell, Notebook
from autograder.grading.replies import Recording

T = TypeVar("T")


@dataclass(frozen=True)
class Dependencies:
    """For each solution cell of a notebook the solution cells whose tasks a change of it can reach; itself too."""

    reached: Mapping[str, frozenset[str]]

    def of(self, cells: Iterable[str]) -> frozenset[str]:
        """Return all cells whose tasks can change when these cells change."""
        return frozenset[str]().union(*(self.reached.get(cell, frozenset({cell})) for cell in cells))


def find(notebook: Notebook, recordings: Sequence[Recording]) -> Dependencies:
    """Return the dependencies, from the names in the reference solution and in the recorded questions of its checks."""
    codes = [cell for cell in notebook.cells if cell.is_code and not cell.is_test and not cell.for_people]
    defined, used = [_stored(cell) for cell in codes], [_loaded(cell) for cell in codes]
    for recording in recordings:
        for place, cell in enumerate(codes):
            if cell.solution and cell.grade_id == recording.check.cell:
                used[place] |= _asked(recording)
    reached: dict[str, frozenset[str]] = {}
    for place, cell in enumerate(codes):
        changed, names = {place}, set(defined[place])
        for later in range(place + 1, len(codes)):
            if names & used[later]:
                changed.add(later)
                names |= defined[later]
        if cell.solution:
            reached[cell.grade_id] = frozenset(codes[index].grade_id for index in changed if codes[index].solution)
    return Dependencies(reached)


def _asked(recording: Recording) -> set[str]:
    """Return the names of the variables and functions that a check asked for."""
    questions = [wire.decode(question) for question, _ in recording.exchanges]
    return {str(question[key]) for question in questions for key in ("name", "function") if key in question}


def trains(cell: Cell) -> bool:
    """Return whether the code of a cell trains a Keras model."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fit"
        and any(keyword.arg == "epochs" for keyword in node.keywords)
        for node in ast.walk(ast.parse(cell.source))
    )


def pack(things: Mapping[T, Collection[str]]) -> list[list[T]]:
    """Return the things in few groups, none of which has two things that share a name."""
    groups: list[tuple[set[str], list[T]]] = []
    for thing, names in things.items():
        taken, members = next((group for group in groups if group[0].isdisjoint(names)), (set[str](), list[T]()))
        if not members:
            groups.append((taken, members))
        taken.update(names)
        members.append(thing)
    return [members for _, members in groups]


def _stored(cell: Cell) -> set[str]:
    """Return the names that the code of a cell binds outside its functions."""
    found, left = set[str](), list[ast.AST](ast.parse(cell.source).body)
    while left:
        node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        else:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.add(node.id)
            left += ast.iter_child_nodes(node)
    return found


def _loaded(cell: Cell) -> set[str]:
    """Return the names that the code of a cell uses."""
    return {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
